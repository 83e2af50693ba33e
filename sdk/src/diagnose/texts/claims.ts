import { nearMissTexts } from './near-misses.ts';
import type { TextTable } from './text-table.ts';

type ClaimCode =
  | 'issuer_mismatch'
  | 'audience_mismatch'
  | 'subject_mismatch'
  | 'claim_missing'
  | 'claim_type'
  | 'timestamp_unit';

export const claimTexts: TextTable<ClaimCode> = {
  issuer_mismatch: {
    cause: {
      en: 'The token was issued by {actual}; the verifier expects {expected}.',
      ja: 'トークンの発行者(iss)は {actual} ですが、検証側が期待しているのは {expected} です。',
    },
    remedy: {
      en: 'Sign as the account that the verifier expects, or configure the verifier for this issuer and its keys.',
      ja: '検証側が期待するアカウントで署名するか、検証側にこの発行者とその鍵を設定してください。',
    },
    reasons: nearMissTexts,
  },
  audience_mismatch: {
    cause: {
      en: 'The token is for {actual}; the verifier expects {expected}.',
      ja: 'トークンの宛先(aud)は {actual} ですが、検証側が期待しているのは {expected} です。',
    },
    remedy: {
      en: 'Ask for a token with the audience that the verifier expects, to the character. ESPv2 and API Gateway answer this with 403, others with 401.',
      ja: '検証側が期待する audience を1文字まで同じに指定して、トークンを取得してください。この場合 ESPv2 と API Gateway は 403、ほかは 401 を返します。',
    },
    reasons: {
      ...nearMissTexts,
      empty: {
        cause: {
          en: 'aud is an empty list: the token is for nobody.',
          ja: 'aud が空の配列です。宛先がありません。',
        },
      },
      not_single: {
        cause: {
          en: 'aud names several audiences ({actual}); this verifier takes one: {expected}.',
          ja: 'aud に複数の宛先({actual})がありますが、この検証側が受け付けるのは1つ({expected})です。',
        },
        remedy: {
          en: 'Ask for one token for each audience.',
          ja: '宛先ごとに1つずつトークンを取得してください。',
        },
      },
      form: {
        cause: {
          en: 'aud is {actual}; this kind of verifier takes {expected}.',
          ja: 'aud は {actual} ですが、この種類の検証側が受け付けるのは次の形です: {expected}',
        },
      },
    },
  },
  subject_mismatch: {
    cause: {
      en: 'sub is {actual}; the verifier expects {expected}.',
      ja: 'sub は {actual} ですが、検証側が期待しているのは {expected} です。',
    },
    remedy: {
      en: 'Sign for the subject that the verifier expects. In a JWT of a service account it is its e-mail, in a Google ID token its numeric id.',
      ja: '検証側が期待する sub にしてください。サービスアカウントの JWT ではメールアドレス、Google の ID トークンでは数字の ID です。',
    },
    reasons: {
      ...nearMissTexts,
      not_the_issuer: {
        cause: {
          en: 'sub is {actual}, but this verifier wants it to be the same as iss, {expected}.',
          ja: 'sub は {actual} ですが、この検証側では iss({expected})と同じでなければなりません。',
        },
        remedy: {
          en: 'Put the e-mail of the service account in both iss and sub.',
          ja: 'iss と sub の両方に、サービスアカウントのメールアドレスを入れてください。',
        },
      },
    },
  },
  claim_missing: {
    cause: {
      en: 'The claim {claim} is missing; the verifier demands it.',
      ja: '検証側が必須とするクレーム {claim} がありません。',
    },
    remedy: {
      en: 'Put {claim} in the claims set before signing. IAM signJwt adds no claim by itself, not even exp.',
      ja: '署名する前に {claim} をクレームに加えてください。IAM の signJwt は exp を含め、クレームを自動では追加しません。',
    },
  },
  claim_type: {
    cause: {
      en: 'The claim {claim} has the wrong type: {actual} instead of {expected}.',
      ja: 'クレーム {claim} の型が違います。{expected} であるべきところが {actual} です。',
    },
    remedy: {
      en: 'Write {claim} as {expected}.',
      ja: '{claim} を {expected} として書いてください。',
    },
    reasons: {
      not_audience: {
        cause: {
          en: 'aud must be a string or an array of strings; it is {actual}.',
          ja: 'aud は文字列か文字列の配列でなければなりませんが、{actual} です。',
        },
        remedy: {
          en: 'Write aud as one string, or as an array of strings.',
          ja: 'aud を1つの文字列か、文字列の配列として書いてください。',
        },
      },
      fraction: {
        cause: {
          en: "{claim} is {actual}, with a fraction of a second. RFC 7519 allows that, Google's verifiers do not.",
          ja: '{claim} の値 {actual} に小数部があります。RFC 7519 では許されますが、Google の検証では拒否されます。',
        },
        remedy: {
          en: 'Round it down: Math.floor(Date.now() / 1000), int(time.time()).',
          ja: '切り捨ててください: Math.floor(Date.now() / 1000)、int(time.time())',
        },
      },
      numeric_string: {
        cause: {
          en: '{claim} is the string "{actual}"; a NumericDate is a number.',
          ja: '{claim} が文字列 "{actual}" です。NumericDate は数値でなければなりません。',
        },
        remedy: {
          en: 'Write the number without quotes.',
          ja: '引用符を付けず、数値として書いてください。',
        },
      },
      date_string: {
        cause: {
          en: '{claim} is the date {actual}; a NumericDate is the number of seconds since 1970-01-01T00:00:00Z.',
          ja: '{claim} が日付の文字列 {actual} です。NumericDate は 1970-01-01T00:00:00Z からの秒数です。',
        },
        remedy: {
          en: 'Convert it: Math.floor(date.getTime() / 1000), int(d.timestamp()), t.Unix().',
          ja: '変換してください: Math.floor(date.getTime() / 1000)、int(d.timestamp())、t.Unix()',
        },
      },
      not_a_number: {
        cause: {
          en: '{claim} is {actual}, which is no time; a NumericDate is a whole number of seconds.',
          ja: '{claim} の値 {actual} は時刻ではありません。NumericDate は秒を表す整数です。',
        },
      },
      out_of_range: {
        cause: {
          en: '{claim} is {actual}, too large for a time in any unit.',
          ja: '{claim} の値 {actual} は、どの単位の時刻としても大きすぎます。',
        },
      },
    },
  },
  timestamp_unit: {
    cause: {
      en: '{claim} is {actual}: milliseconds. A NumericDate has seconds, here {expected}.',
      ja: '{claim} の値 {actual} はミリ秒です。NumericDate は秒なので、ここでは {expected} になります。',
    },
    remedy: {
      en: 'Divide by 1000 and round down: Math.floor(Date.now() / 1000). Many libraries would take this token for one that never expires.',
      ja: '1000 で割って切り捨ててください: Math.floor(Date.now() / 1000)。多くのライブラリーでは、期限のないトークンとして扱われてしまいます。',
    },
    reasons: {
      microseconds: {
        cause: {
          en: '{claim} is {actual}: microseconds. A NumericDate has seconds, here {expected}.',
          ja: '{claim} の値 {actual} はマイクロ秒です。NumericDate は秒なので、ここでは {expected} になります。',
        },
        remedy: {
          en: 'Divide by 1,000,000 and round down.',
          ja: '1,000,000 で割って切り捨ててください。',
        },
      },
      nanoseconds: {
        cause: {
          en: '{claim} is {actual}: nanoseconds. A NumericDate has seconds, here {expected}.',
          ja: '{claim} の値 {actual} はナノ秒です。NumericDate は秒なので、ここでは {expected} になります。',
        },
        remedy: {
          en: 'Use seconds: t.Unix() in Go, time.time() // 1 in Python.',
          ja: '秒を使ってください: Go なら t.Unix()、Python なら int(time.time())',
        },
      },
    },
  },
};
