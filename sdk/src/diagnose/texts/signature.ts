import type { TextTable } from './text-table.ts';

type SignatureCode = 'signature_missing' | 'signature_removed' | 'signature_truncated' | 'signature_invalid';

export const signatureTexts: TextTable<SignatureCode> = {
  signature_missing: {
    cause: {
      en: 'The third part of the token is empty: it carries no signature.',
      ja: 'トークンの3つ目の部分が空で、署名がありません。',
    },
    remedy: {
      en: 'Use the whole token as it was issued; if it never had a signature, refuse it.',
      ja: '発行されたままのトークン全体を使ってください。最初から署名がないものは拒否してください。',
    },
  },
  signature_removed: {
    cause: {
      en: 'Cloud Run checked this token itself and put SIGNATURE_REMOVED_BY_GOOGLE in place of the signature, so that it cannot be replayed. It can not be verified again.',
      ja: 'Cloud Run がこのトークンを検証したあと、再利用を防ぐために署名を SIGNATURE_REMOVED_BY_GOOGLE に置き換えました。もう一度検証することはできません。',
    },
    remedy: {
      en: 'Have the caller send the token in both Authorization and X-Serverless-Authorization and verify Authorization. Do not accept the token unverified: a caller can forge one of this form.',
      ja: '呼び出し元に Authorization と X-Serverless-Authorization の両方で送ってもらい、Authorization を検証してください。この形のトークンは偽造できるので、未検証のまま受け入れてはいけません。',
    },
  },
  signature_truncated: {
    cause: {
      en: 'The signature has {actual} bytes; the key makes {expected}. The end of the token was cut off.',
      ja: '署名が {actual} バイトしかありません(この鍵なら {expected} バイト)。トークンの末尾が切れています。',
    },
    remedy: {
      en: 'Look for what shortens it: a log line, a header or cookie limit, a database column, or an incomplete copy.',
      ja: 'ログの行・ヘッダーや Cookie の長さ制限・データベースの列・コピー漏れなど、短くしている箇所を探してください。',
    },
  },
  signature_invalid: {
    cause: {
      en: 'The signature does not belong to this header and payload under the key: another key signed, or the token was changed.',
      ja: 'この鍵では、署名がヘッダーとペイロードに一致しません。別の鍵で署名されたか、トークンが変更されています。',
    },
    remedy: {
      en: 'Verify with the public key of the account in iss, and use the token as issued.',
      ja: 'iss のアカウントの公開鍵で検証し、発行されたままのトークンを使ってください。',
    },
    reasons: {
      other_key: {
        cause: {
          en: "The signature was made with another key than the verifier's, or its own bytes were damaged.",
          ja: '検証側の鍵とは別の鍵で署名されたか、署名のバイト列そのものが壊れています。',
        },
        remedy: {
          en: 'Make issuer and verifier use the same pair of keys: take the public key from the account in iss, in the environment where the token was made.',
          ja: '発行側と検証側で同じ鍵ペアを使ってください。トークンを作った環境の、iss のアカウントの公開鍵を使います。',
        },
      },
      key_not_in_set: {
        cause: {
          en: 'None of the keys at hand made this signature, which fits the missing key: it can be judged only with the right one.',
          ja: '手元のどの鍵の署名でもありません。鍵が見つからないことと符合しており、正しい鍵がなければ判定できません。',
        },
        remedy: {
          en: 'Find the right keys first.',
          ja: 'まず正しい鍵を見つけてください。',
        },
      },
      content_altered: {
        cause: {
          en: 'The key {maker} did make this signature, but for another content: header or payload was changed after signing.',
          ja: '署名は確かに鍵 {maker} のものですが、内容が違います。署名後にヘッダーかペイロードが変更されています。',
        },
        remedy: {
          en: 'Use the token as issued. If something re-encodes the JSON on the way, stop that; otherwise treat it as forged.',
          ja: '発行されたままのトークンを使ってください。途中で JSON を再符号化しているならやめ、そうでなければ偽造とみなしてください。',
        },
      },
      algorithm_altered: {
        cause: {
          en: 'The key {maker} made this signature with {expected}; the header, which says {actual}, was changed after signing.',
          ja: '署名は鍵 {maker} が {expected} で作ったものですが、ヘッダーは {actual} です。署名後にヘッダーが変更されています。',
        },
      },
      other_algorithm: {
        cause: {
          en: 'The signature is right for {expected}, but the header says {actual}.',
          ja: '署名は {expected} としては正しいのですが、ヘッダーは {actual} となっています。',
        },
        remedy: {
          en: 'Have the issuer sign with the algorithm that its header names. RS256 and PS256 use the same key, but are not the same.',
          ja: '発行側で、ヘッダーに書いたアルゴリズムで署名してください。RS256 と PS256 は同じ鍵を使いますが別のものです。',
        },
      },
      der_encoded: {
        cause: {
          en: 'The ECDSA signature is in DER; JWS has the two numbers R and S side by side at a fixed width (RFC 7518 section 3.4).',
          ja: 'ECDSA の署名が DER 形式です。JWS では R と S を固定長で並べます(RFC 7518 3.4)。',
        },
        remedy: {
          en: "Convert the signature before encoding it, for example with dsaEncoding: 'ieee-p1363' in Node. Cloud KMS and OpenSSL answer in DER.",
          ja: "符号化する前に変換してください(Node なら dsaEncoding: 'ieee-p1363')。Cloud KMS と OpenSSL は DER を返します。",
        },
      },
      public_key_as_secret: {
        cause: {
          en: "The token is an HMAC made with the public key's text as the secret: the key confusion attack, or a library that was handed the wrong key.",
          ja: '公開鍵のテキストを共有鍵とした HMAC です。鍵の取り違え攻撃か、ライブラリーに誤った鍵を渡しています。',
        },
        remedy: {
          en: 'Refuse it, and pin the allow-list of every verifier to the algorithm of the public key.',
          ja: '拒否し、すべての検証側の許可リストを公開鍵のアルゴリズムに固定してください。',
        },
      },
      symmetric: {
        cause: {
          en: 'The token is an HMAC. Without the shared secret it cannot be verified, and a public key can not stand in for it.',
          ja: 'このトークンは HMAC です。共有鍵がなければ検証できず、公開鍵では代用できません。',
        },
      },
      other_secret: {
        cause: {
          en: 'The secret is not the one that the token was signed with.',
          ja: '共有鍵が、署名に使われたものと異なります。',
        },
        remedy: {
          en: 'Use the same secret on both sides; look for a different environment, a rotated secret or one cut short.',
          ja: '発行側と検証側で同じ共有鍵を使ってください。環境の違い、ローテーション、途中で切れた値を疑ってください。',
        },
      },
      secret_base64: {
        cause: {
          en: 'The two sides disagree whether the secret is base64: one decodes it, the other takes its text.',
          ja: '共有鍵を base64 とみなしてデコードする側と、文字列のまま使う側とで食い違っています。',
        },
        remedy: {
          en: 'Agree on one form and convert on the other side.',
          ja: 'どちらかの形に統一し、もう一方で変換してください。',
        },
      },
      secret_white_space: {
        cause: {
          en: 'The secret differs by white space only, such as a line break at the end of a file.',
          ja: '共有鍵の違いは、ファイル末尾の改行などの空白だけです。',
        },
        remedy: {
          en: 'Trim the secret where it is read, or store it without the line break.',
          ja: '読み取る際に空白を除くか、改行なしで保存してください。',
        },
      },
    },
  },
};
