import type { FindingCode, Localized } from '../finding.ts';

/** What a code means where no token is at hand: said of an error text, without the values of a case. */
export const generalTexts: Readonly<Partial<Record<FindingCode, { cause: Localized; remedy?: Localized }>>> =
  {
    surrounding_characters: {
      cause: {
        en: 'Quotes, white space or line breaks were left around the token or within it.',
        ja: 'トークンの前後や途中に、引用符・空白・改行が残っています。',
      },
    },
    base64_not_url_safe: {
      cause: {
        en: 'The token is in standard base64 (+, / or =) instead of base64url without padding.',
        ja: 'トークンが、パディングなしの base64url ではなく標準の base64(+、/、=)になっています。',
      },
    },
    alg_none: {
      cause: {
        en: 'The header says alg "none": the token is unsigned.',
        ja: 'ヘッダーの alg が「none」で、署名がありません。',
      },
      remedy: {
        en: 'Refuse such tokens. Have the issuer sign, and keep the allow-list of the verifier to its algorithm.',
        ja: 'このようなトークンは拒否してください。発行側で署名し、検証側の許可リストはそのアルゴリズムに限ってください。',
      },
    },
    alg_not_allowed: {
      cause: {
        en: 'The alg of the header is not one that the verifier allows for this key.',
        ja: 'ヘッダーの alg が、検証側でこの鍵に許可されたものではありません。',
      },
      remedy: {
        en: "Pin the allow-list to the issuer's algorithm (RS256 for Google's keys), and give the verifier a key of that kind: a public key for RS256, a secret for HS256.",
        ja: '許可リストを発行者のアルゴリズム(Google の鍵なら RS256)に固定し、それに合う鍵を渡してください(RS256 なら公開鍵、HS256 なら共有鍵)。',
      },
    },
    crit_unsupported: {
      cause: {
        en: 'The header lists an extension in crit that the verifier does not understand.',
        ja: 'ヘッダーの crit に、検証側が対応していない拡張があります。',
      },
    },
    kid_missing: {
      cause: {
        en: 'The header has no kid, so the verifier cannot pick one of several keys.',
        ja: 'ヘッダーに kid がないため、検証側は複数の鍵から選べません。',
      },
    },
    kid_not_found: {
      cause: {
        en: 'No key of the JWK Set has the kid of the token: the set is stale after a rotation, it is that of another issuer, or the key was rotated out.',
        ja: 'トークンの kid を持つ鍵が JWK Set にありません。ローテーション後の更新漏れ、別の発行者の JWK Set、または公開の終わった鍵です。',
      },
      remedy: {
        en: 'Fetch the JWK Set of the issuer in iss again and flush the cache; Google wants it refreshed every 15 minutes. If the token is over 12 hours old, get a new one.',
        ja: 'iss の発行者の JWK Set を取り直し、キャッシュを消してください(Google は15分ごとの更新を求めています)。発行から12時間を超えたトークンは取得し直してください。',
      },
    },
    kid_wrong: {
      cause: {
        en: 'The header names another key of the set than the one that signed.',
        ja: 'ヘッダーの kid が、実際に署名した鍵とは別の鍵を示しています。',
      },
    },
    signature_truncated: {
      cause: {
        en: 'The end of the token was cut off, so the signature is too short.',
        ja: 'トークンの末尾が切れ、署名が短くなっています。',
      },
    },
    issuer_mismatch: {
      cause: {
        en: 'iss is not the issuer that the verifier expects.',
        ja: 'iss が、検証側の期待する発行者と一致しません。',
      },
    },
    audience_mismatch: {
      cause: {
        en: 'aud is not the audience that the verifier expects; a slash, a scheme or upper case is enough to differ.',
        ja: 'aud が、検証側の期待する値と一致しません。末尾のスラッシュ・スキーム・大文字小文字の違いだけでも不一致になります。',
      },
    },
    subject_mismatch: {
      cause: {
        en: 'sub is not the subject that the verifier expects.',
        ja: 'sub が、検証側の期待する値と一致しません。',
      },
    },
    claim_missing: {
      cause: {
        en: 'A claim that the verifier demands is missing.',
        ja: '検証側が必須とするクレームがありません。',
      },
      remedy: {
        en: 'Put it in the claims set before signing. IAM signJwt adds no claim by itself, not even exp.',
        ja: '署名する前にクレームに加えてください。IAM の signJwt は exp を含め、クレームを自動では追加しません。',
      },
    },
    claim_type: {
      cause: {
        en: 'A claim has the wrong type, such as a time that is a string, a date or has a fraction.',
        ja: 'クレームの型が違います(文字列や日付、小数の時刻など)。',
      },
      remedy: {
        en: 'Write iat, exp and nbf as whole seconds, iss and sub as strings, aud as a string or an array of strings.',
        ja: 'iat・exp・nbf は秒の整数、iss と sub は文字列、aud は文字列か文字列の配列にしてください。',
      },
    },
    timestamp_unit: {
      cause: {
        en: 'A time is in milliseconds instead of seconds.',
        ja: '時刻が秒ではなくミリ秒になっています。',
      },
    },
    expired: {
      cause: {
        en: "exp has passed, by the verifier's clock.",
        ja: '検証側の時計では exp を過ぎています。',
      },
      remedy: {
        en: 'Get a new token. If this one is fresh, set both clocks by NTP and allow a clock tolerance of some seconds.',
        ja: '新しいトークンを取得してください。発行直後なのに期限切れになる場合は、両方の時計を NTP で合わせ、数秒の許容誤差を設定してください。',
      },
    },
    not_yet_valid: {
      cause: {
        en: "nbf is still ahead, by the verifier's clock.",
        ja: '検証側の時計では、まだ nbf に達していません。',
      },
    },
    issued_in_future: {
      cause: {
        en: 'iat lies in the future: the clocks of issuer and verifier disagree, or local time was taken for UTC.',
        ja: 'iat が未来です。発行側と検証側の時計のずれか、現地時刻を UTC とみなした誤りです。',
      },
    },
    lifetime_too_long: {
      cause: {
        en: 'There is more time between iat and exp than the verifier allows.',
        ja: 'iat から exp までの有効期間が、検証側の認める長さを超えています。',
      },
      remedy: {
        en: "Set exp to at most one hour after iat for IAP, Google's APIs and the token endpoint.",
        ja: 'IAP・Google の API・トークンエンドポイントでは、exp を iat から1時間以内にしてください。',
      },
    },
    wrong_token_kind: {
      cause: {
        en: 'This verifier takes another kind of token: an ID token, a JWT signed by a service account, an access token and a Firebase custom token are not interchangeable.',
        ja: '検証側が受け付ける種類のトークンではありません。ID トークン、サービスアカウントが署名した JWT、アクセストークン、Firebase のカスタムトークンは互いに代用できません。',
      },
      remedy: {
        en: 'Get the kind that it takes: Cloud Run a Google ID token, IAP an ID token or a self-signed JWT, Google APIs an access token or a self-signed JWT.',
        ja: '検証側に合う種類を取得してください。Cloud Run は Google の ID トークン、IAP は ID トークンか自己署名 JWT、Google の API はアクセストークンか自己署名 JWT です。',
      },
    },
    claim_length: {
      cause: {
        en: 'A claim is too long or empty for this verifier.',
        ja: 'クレームの値が、この検証側には長すぎるか空です。',
      },
    },
    reserved_claim: {
      cause: {
        en: 'A developer claim has a name that is reserved.',
        ja: '開発者クレームに予約された名前が使われています。',
      },
    },
  };
