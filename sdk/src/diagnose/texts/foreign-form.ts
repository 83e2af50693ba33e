import type { TextTable } from './text-table.ts';

/** What stands where a JWT belongs. */
export const foreignFormTexts: TextTable<'not_a_jws'> = {
  not_a_jws: {
    cause: {
      en: 'This is not a signed JWT but something else.',
      ja: 'これは署名付き JWT ではなく、別のものです。',
    },
    remedy: {
      en: 'Send a signed JWT: for Google services an ID token, or a JWT signed by a service account.',
      ja: '署名付き JWT を送ってください。Google のサービスなら ID トークン、またはサービスアカウントが署名した JWT です。',
    },
    reasons: {
      access_token: {
        cause: {
          en: 'This is an opaque access token. It has no claims, and only its issuer can check it.',
          ja: 'これは不透明なアクセストークンです。クレームを持たず、発行者だけが検証できます。',
        },
        remedy: {
          en: 'Ask for an ID token instead, for example with gcloud auth print-identity-token or generateIdToken.',
          ja: '代わりに ID トークンを取得してください(例: gcloud auth print-identity-token、generateIdToken)。',
        },
      },
      refresh_token: {
        cause: {
          en: 'This is an OAuth refresh token, a long-lived secret.',
          ja: 'これは OAuth のリフレッシュトークン、つまり有効期間の長い秘密情報です。',
        },
        remedy: {
          en: 'Exchange it at the token endpoint for an ID token; if it was pasted where others can see it, revoke it.',
          ja: 'トークンエンドポイントで ID トークンと交換してください。人目に触れる場所に貼った場合は失効させてください。',
        },
      },
      authorization_code: {
        cause: {
          en: 'This is an OAuth authorization code.',
          ja: 'これは OAuth の認可コードです。',
        },
        remedy: {
          en: 'Exchange it at the token endpoint and use the id_token of the answer.',
          ja: 'トークンエンドポイントで交換し、応答の id_token を使ってください。',
        },
      },
      api_key: {
        cause: {
          en: 'This is a Google API key. It names a project, not a caller.',
          ja: 'これは Google の API キーです。呼び出し元ではなくプロジェクトを示すものです。',
        },
        remedy: {
          en: 'Send an ID token or a signed JWT in the Authorization header; an API key belongs in x-goog-api-key.',
          ja: 'Authorization ヘッダーには ID トークンか署名付き JWT を入れてください。API キーは x-goog-api-key に入れます。',
        },
      },
      jwe: {
        cause: {
          en: 'This is a JWE: five parts, encrypted. Its claims can be read only with the private key of the recipient.',
          ja: 'これは JWE(5つの部分からなる暗号化トークン)です。受信者の秘密鍵がなければクレームを読めません。',
        },
        remedy: {
          en: 'Decrypt it first and diagnose the JWT inside, or have the issuer send a JWT that is only signed.',
          ja: '先に復号して中の JWT を診断するか、発行者に署名だけの JWT を発行してもらってください。',
        },
      },
      pem: {
        cause: {
          en: 'This is a key or a certificate in PEM, not a token.',
          ja: 'これはトークンではなく、PEM 形式の鍵または証明書です。',
        },
        remedy: {
          en: 'Give it as the key to verify with. A private key should be shown to nobody: if it was, replace it.',
          ja: '検証用の鍵として指定してください。秘密鍵は誰にも見せてはいけません。見せた場合は取り替えてください。',
        },
      },
      service_account_key: {
        cause: {
          en: "This is a service account's key file, with its private key.",
          ja: 'これは秘密鍵を含むサービスアカウントのキーファイルです。',
        },
        remedy: {
          en: 'Do not send it anywhere: delete the key if it was shown, and have IAM sign with a system-managed key instead.',
          ja: 'どこにも送らないでください。見せてしまった場合はキーを削除し、IAM のシステム管理の鍵で署名してください。',
        },
      },
      json_jws: {
        cause: {
          en: 'This is a JWS in JSON serialization; a JWT always has the compact one (RFC 7519 section 3).',
          ja: 'これは JSON シリアライゼーションの JWS です。JWT は必ずコンパクト形式です(RFC 7519 3章)。',
        },
        remedy: {
          en: 'Join protected, payload and signature with dots.',
          ja: 'protected・payload・signature をドットでつないでください。',
        },
      },
      url: {
        cause: { en: 'This is a URL, not a token.', ja: 'これはトークンではなく URL です。' },
        remedy: {
          en: 'Give the token itself; in a URL it is often the value of a parameter such as id_token.',
          ja: 'トークンそのものを渡してください。URL では id_token などのパラメーターの値になっていることがあります。',
        },
      },
      opaque: {
        cause: {
          en: 'This string has no dots: it is an opaque token, a secret or a session id, but no JWT.',
          ja: 'この文字列にはドットがありません。不透明トークン・シークレット・セッション ID などで、JWT ではありません。',
        },
      },
    },
  },
};
