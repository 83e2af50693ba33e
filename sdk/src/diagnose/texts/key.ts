import type { TextTable } from './text-table.ts';

type KeyCode = 'kid_missing' | 'kid_not_found' | 'kid_wrong' | 'jwks_unavailable';

export const keyTexts: TextTable<KeyCode> = {
  kid_missing: {
    cause: {
      en: 'The header has no kid, so a verifier cannot pick one of the keys: {expected}.',
      ja: 'ヘッダーに kid がないため、検証側は鍵を選べません: {expected}',
    },
    remedy: {
      en: 'Have the issuer put the kid of the signing key in the header. IAM signJwt does so; signBlob leaves the header to you.',
      ja: '発行側で署名鍵の kid をヘッダーに入れてください。IAM の signJwt は自動で入れますが、signBlob ではヘッダーを自分で作ります。',
    },
    reasons: {
      not_a_string: {
        cause: {
          en: 'kid is {actual}, which is no string (RFC 7515 section 4.1.4).',
          ja: 'kid の値 {actual} が文字列ではありません(RFC 7515 4.1.4)。',
        },
      },
    },
  },
  kid_not_found: {
    cause: {
      en: 'No key of the JWK Set has the kid {actual}; it has {expected}.',
      ja: 'JWK Set に kid が {actual} の鍵がありません。含まれるのは {expected} です。',
    },
    remedy: {
      en: 'Fetch the JWK Set of the issuer in iss again and flush the cache; check that it is the right address.',
      ja: 'iss の発行者の JWK Set を取り直し、キャッシュを消してください。アドレスが正しいかも確認してください。',
    },
    reasons: {
      rotated_out: {
        cause: {
          en: 'No key has the kid {actual}. The token is over 12 hours old, and Google keeps a key public only for 12 hours after a signature: this one was rotated out.',
          ja: 'kid が {actual} の鍵がありません。トークンは発行から12時間を過ぎています。Google が鍵を公開し続けるのは署名後12時間までなので、この鍵はローテーションで外れています。',
        },
        remedy: {
          en: 'Get a new token. One signed with a key that is no longer published can never be verified again.',
          ja: '新しいトークンを取得してください。公開の終わった鍵の署名は二度と検証できません。',
        },
      },
      stale_set: {
        cause: {
          en: 'No key has the kid {actual}. The token is fresh, so either the JWK Set was cached before a rotation (Google publishes a key 6 hours before its first use), or it is that of another account.',
          ja: 'kid が {actual} の鍵がありません。トークンは新しいので、ローテーション前の JWK Set をキャッシュしているか(Google は鍵を使い始める6時間前に公開します)、別のアカウントの JWK Set を見ています。',
        },
        remedy: {
          en: 'Refresh the JWK Set at most 15 minutes after it was fetched, and at once for an unknown kid; take it from the address of the account in iss.',
          ja: 'JWK Set は取得から15分以内に更新し、未知の kid ならすぐ取り直してください。取得先は iss のアカウントのアドレスにします。',
        },
      },
      other_account: {
        cause: {
          en: 'The token is signed by another account than you think: the kid {actual} is a key of the issuer that the token names, not of {expected}.',
          ja: 'このトークンに署名したのは、想定とは別のアカウントです。kid {actual} はトークンが名乗る発行者の鍵であり、{expected} の鍵ではありません。',
        },
        remedy: {
          en: 'Sign as the account that the verifier expects, or have the verifier accept this one.',
          ja: '検証側が期待するアカウントで署名するか、検証側でこのアカウントを許可してください。',
        },
      },
    },
  },
  kid_wrong: {
    cause: {
      en: 'The header names the key {actual}, but {expected}, another key of the same set, made the signature.',
      ja: 'ヘッダーは鍵 {actual} を示していますが、実際に署名したのは同じ JWK Set の別の鍵 {expected} です。',
    },
    remedy: {
      en: 'Write the kid of the key that signs into the header. With signBlob take the kid from the answer (keyId), not from an earlier one.',
      ja: '署名する鍵の kid をヘッダーに書いてください。signBlob では、以前の値ではなく応答の keyId を使います。',
    },
  },
  jwks_unavailable: {
    cause: {
      en: 'The keys to verify with could not be had.',
      ja: '検証に使う鍵を取得できませんでした。',
    },
    remedy: {
      en: 'Check the address of the JWK Set and that the verifier may reach it.',
      ja: 'JWK Set のアドレスと、検証側からそこへ接続できるかを確認してください。',
    },
    reasons: {
      none_given: {
        cause: {
          en: 'No keys were given, and the issuer is none whose keys Google publishes: the signature was not checked.',
          ja: '鍵が指定されておらず、発行者も Google が鍵を公開しているものではないため、署名は検証していません。',
        },
        remedy: {
          en: 'Give the JWK Set or the public key of the issuer.',
          ja: '発行者の JWK Set か公開鍵を指定してください。',
        },
      },
      empty: {
        cause: { en: 'The JWK Set holds no signing key.', ja: 'JWK Set に署名用の鍵がありません。' },
      },
      timeout: {
        cause: {
          en: '{host} did not answer within 5 seconds.',
          ja: '{host}から5秒以内に応答がありませんでした。',
        },
      },
      unreachable: {
        cause: {
          en: "{host} can't be reached.",
          ja: '{host}に接続できません。',
        },
      },
      local_cloud: {
        cause: {
          en: "The kid is one of the local cloud's, and no keys were given: they were looked for at www.googleapis.com, which did not give them.",
          ja: 'kid はローカルクラウドのものです。鍵が指定されていないため www.googleapis.com に問い合わせましたが、取得できませんでした。',
        },
        remedy: {
          en: 'This is a token of the local cloud: give --jwks "$COUNTERSIGN_URL/.well-known/jwks.json".',
          ja: 'これはローカルクラウドのトークンです。--jwks "$COUNTERSIGN_URL/.well-known/jwks.json" を指定してください。',
        },
      },
      redirect: {
        cause: {
          en: 'The address of the JWK Set answers with a redirect, which is not followed.',
          ja: 'JWK Set のアドレスがリダイレクトを返しました(リダイレクトには従いません)。',
        },
        remedy: {
          en: 'Give the final address; a verifier should not follow a redirect to keys.',
          ja: '最終的なアドレスを指定してください。検証側が鍵の取得でリダイレクトに従うべきではありません。',
        },
      },
      http_status: {
        cause: {
          en: 'The address of the JWK Set does not answer with 200.',
          ja: 'JWK Set のアドレスが 200 を返しません。',
        },
      },
      too_large: {
        cause: {
          en: 'The JWK Set is larger than 1 MiB: this is no set of keys.',
          ja: '1 MiB を超えています。これは鍵の集合ではありません。',
        },
      },
      not_json: {
        cause: {
          en: 'What the address of the JWK Set answers is not JSON.',
          ja: 'JWK Set のアドレスの応答が JSON ではありません。',
        },
      },
      not_a_jwk_set: {
        cause: {
          en: 'This is JSON, but no JWK Set: an object with an array "keys".',
          ja: 'JSON ですが、JWK Set(配列 keys を持つオブジェクト)ではありません。',
        },
        remedy: {
          en: "Use the issuer's jwks_uri, not its discovery document or another page.",
          ja: 'ディスカバリー文書などではなく、発行者の jwks_uri を使ってください。',
        },
      },
      not_a_key: {
        cause: {
          en: 'The key is no JWK, no PEM and no JWK Set.',
          ja: '鍵が JWK・PEM・JWK Set のいずれでもありません。',
        },
      },
      bad_pem: {
        cause: {
          en: "The PEM can't be read, or holds a kind of key that JWS does not use.",
          ja: 'PEM を読み取れないか、JWS で使わない種類の鍵です。',
        },
      },
      private_key: {
        cause: {
          en: 'That is a private key. Verifying needs the public one only.',
          ja: 'これは秘密鍵です。検証に必要なのは公開鍵だけです。',
        },
        remedy: {
          en: 'Give the public key, and keep the private one out of the verifier.',
          ja: '公開鍵を指定し、秘密鍵は検証側に置かないでください。',
        },
      },
      not_http: {
        cause: {
          en: 'The address of the JWK Set is no http or https URL.',
          ja: 'JWK Set のアドレスが http または https の URL ではありません。',
        },
      },
    },
  },
};
