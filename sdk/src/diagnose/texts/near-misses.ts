import type { Localized } from '../finding.ts';

/** How an issuer, audience or subject narrowly misses what was expected; shared by the three. */
export const nearMissTexts: Readonly<Record<string, { cause: Localized; remedy?: Localized }>> = {
  white_space: {
    cause: {
      en: '{claim} is {actual}, expected {expected}: they differ in white space at the ends only.',
      ja: '{claim} は {actual}、期待値は {expected} です。違いは前後の空白だけです。',
    },
  },
  trailing_slash: {
    cause: {
      en: '{claim} is {actual}, expected {expected}: they differ in the slash at the end only.',
      ja: '{claim} は {actual}、期待値は {expected} です。違いは末尾のスラッシュだけです。',
    },
    remedy: {
      en: 'Write it the same on both sides, to the character. ESPv2 overlooks the slash, most libraries do not.',
      ja: '両側で1文字まで同じに書いてください。ESPv2 は末尾のスラッシュを無視しますが、多くのライブラリーは無視しません。',
    },
  },
  case: {
    cause: {
      en: '{claim} is {actual}, expected {expected}: they differ in upper and lower case only, and the comparison is case-sensitive.',
      ja: '{claim} は {actual}、期待値は {expected} です。違いは大文字と小文字だけですが、比較では区別されます。',
    },
  },
  scheme: {
    cause: {
      en: '{claim} is {actual}, expected {expected}: they differ in the scheme (https://) only.',
      ja: '{claim} は {actual}、期待値は {expected} です。違いはスキーム(https://)だけです。',
    },
    remedy: {
      en: 'Write the scheme on both sides or on neither. Google issues ID tokens as https://accounts.google.com and, in old ones, accounts.google.com: allow both.',
      ja: 'スキームの有無を両側でそろえてください。Google の ID トークンの iss は https://accounts.google.com(古いものでは accounts.google.com)なので、両方を許可します。',
    },
  },
  scheme_and_slash: {
    cause: {
      en: '{claim} is {actual}, expected {expected}: they differ only in scheme, case or the slash at the end.',
      ja: '{claim} は {actual}、期待値は {expected} です。違いはスキーム・大文字小文字・末尾のスラッシュだけです。',
    },
  },
  path: {
    cause: {
      en: '{claim} is {actual}, expected {expected}: the same host, another path.',
      ja: '{claim} は {actual}、期待値は {expected} です。ホストは同じですが、パスが違います。',
    },
    remedy: {
      en: 'Use exactly the URL that the verifier is configured with; for Cloud Run that is the URL of the service without a path.',
      ja: '検証側に設定された URL をそのまま使ってください。Cloud Run ではパスを除いたサービスの URL です。',
    },
  },
  url_for_client_id: {
    cause: {
      en: '{claim} is the URL {actual}, but the verifier expects the OAuth client id {expected}.',
      ja: '{claim} は URL {actual} ですが、検証側が期待しているのは OAuth クライアント ID {expected} です。',
    },
    remedy: {
      en: 'For IAP with an ID token ask for the client id as the audience; a URL is right only for a JWT that the service account signs itself.',
      ja: 'IAP に ID トークンを送る場合は、クライアント ID を audience にしてください。URL でよいのは、サービスアカウントが自分で署名した JWT だけです。',
    },
  },
  client_id_for_url: {
    cause: {
      en: '{claim} is the OAuth client id {actual}, but the verifier expects the URL {expected}.',
      ja: '{claim} は OAuth クライアント ID {actual} ですが、検証側が期待しているのは URL {expected} です。',
    },
    remedy: {
      en: 'Ask for a token with the URL as its audience; a client id is for IAP with an ID token.',
      ja: 'URL を audience にしたトークンを取得してください。クライアント ID は、IAP に ID トークンを送る場合のものです。',
    },
  },
  gcloud_user_token: {
    cause: {
      en: "{claim} is {actual}, gcloud's own client id: this token is from gcloud auth print-identity-token with a user account.",
      ja: '{claim} は gcloud 自身のクライアント ID {actual} です。ユーザーアカウントの gcloud auth print-identity-token で得たトークンです。',
    },
    remedy: {
      en: 'Name the audience: gcloud auth print-identity-token --impersonate-service-account=ACCOUNT --audiences={expected}.',
      ja: 'audience を指定してください: gcloud auth print-identity-token --impersonate-service-account=ACCOUNT --audiences={expected}',
    },
  },
};
