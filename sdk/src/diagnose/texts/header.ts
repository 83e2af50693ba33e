import type { TextTable } from './text-table.ts';

type HeaderCode = 'alg_none' | 'alg_not_allowed' | 'crit_unsupported';

export const headerTexts: TextTable<HeaderCode> = {
  alg_none: {
    cause: {
      en: 'The header says alg "none": the token is unsigned, and anyone can have written it.',
      ja: 'ヘッダーの alg が「none」です。署名がなく、誰でも作れるトークンです。',
    },
    remedy: {
      en: "Refuse it. Have the issuer sign, and pin the allow-list of the verifier to the issuer's algorithm (RS256 for Google's keys).",
      ja: '受け入れてはいけません。発行側で署名し、検証側の許可リストを発行者のアルゴリズム(Google の鍵なら RS256)に固定してください。',
    },
  },
  alg_not_allowed: {
    cause: {
      en: 'The token is signed with {actual}; the verifier allows {expected}.',
      ja: 'トークンの署名アルゴリズムは {actual} ですが、検証側が許可しているのは {expected} です。',
    },
    remedy: {
      en: 'Sign with {expected}, or, if you trust the issuer to use {actual}, add it to the allow-list. Never take the algorithm from the token itself.',
      ja: '{expected} で署名するか、発行者が {actual} を使うのが正しいなら許可リストに加えてください。アルゴリズムをトークン自身から決めてはいけません。',
    },
    reasons: {
      missing: {
        cause: {
          en: 'The header has no alg, or one that is no string (RFC 7515 section 4.1.1 demands it).',
          ja: 'ヘッダーに alg がないか、文字列ではありません(RFC 7515 4.1.1 で必須)。',
        },
        remedy: {
          en: 'Have the issuer name the algorithm in the header: {expected}.',
          ja: '発行側でヘッダーにアルゴリズム({expected})を入れてください。',
        },
      },
      unknown: {
        cause: {
          en: 'alg is {actual}, which is no algorithm of JWS that verifiers know. Names are case-sensitive.',
          ja: 'alg の値 {actual} は、検証側が知っている JWS のアルゴリズムではありません。大文字と小文字は区別されます。',
        },
      },
      symmetric: {
        cause: {
          en: 'The token says {actual}, an HMAC with a shared secret, but the verifier has a public key. A verifier that takes alg from the token would use that public key as the secret: the key confusion attack.',
          ja: 'トークンは共有鍵の HMAC である {actual} を名乗っていますが、検証側が持つのは公開鍵です。alg をトークンから決める検証器は公開鍵を共有鍵として使ってしまいます(鍵の取り違え攻撃)。',
        },
        remedy: {
          en: 'Pin the allow-list to {expected}. If the issuer is yours, have it sign with the private key instead of a secret.',
          ja: '許可リストを {expected} に固定してください。発行側が自分のものなら、共有鍵ではなく秘密鍵で署名してください。',
        },
      },
      key_type: {
        cause: {
          en: 'The token says {actual}, but the key that it names is for {expected}.',
          ja: 'トークンは {actual} を名乗っていますが、示された鍵は {expected} 用です。',
        },
        remedy: {
          en: 'Verify with the key that belongs to this issuer, and pin its algorithm.',
          ja: 'この発行者の鍵で検証し、そのアルゴリズムに固定してください。',
        },
      },
    },
  },
  crit_unsupported: {
    cause: {
      en: 'The header lists extensions in crit that a verifier must understand or refuse (RFC 7515 section 4.1.11): {actual}.',
      ja: 'ヘッダーの crit に、検証側が理解できなければ拒否すべき拡張が挙げられています(RFC 7515 4.1.11): {actual}',
    },
    remedy: {
      en: 'Have the issuer leave crit out; common JWT libraries know no such extension.',
      ja: '発行側で crit を外してください。一般的な JWT ライブラリーはこの拡張に対応していません。',
    },
  },
};
