import type { TextTable } from './text-table.ts';

type ShapeCode =
  | 'token_missing'
  | 'token_malformed'
  | 'bearer_prefix'
  | 'url_encoded'
  | 'surrounding_characters'
  | 'base64_not_url_safe';

export const shapeTexts: TextTable<ShapeCode> = {
  token_missing: {
    cause: {
      en: 'There is no token: the input is empty.',
      ja: 'トークンがありません。入力が空です。',
    },
    remedy: {
      en: 'Check that the variable or the header that should hold the token is set, and that a proxy does not drop the Authorization header.',
      ja: 'トークンを入れる変数やヘッダーが設定されているか、途中のプロキシが Authorization ヘッダーを落としていないかを確認してください。',
    },
    reasons: {
      placeholder: {
        cause: {
          en: 'There is no token: {actual} was sent in its place, as by a variable that was never set.',
          ja: 'トークンがなく、代わりに {actual} が送られています。変数が設定されていないようです。',
        },
      },
    },
  },
  token_malformed: {
    cause: {
      en: 'This is not a whole JWT: three base64url parts joined by two dots.',
      ja: 'JWT の形(base64url の3つの部分を2つのドットでつないだもの)になっていません。',
    },
    remedy: {
      en: 'Copy the token again from where it was issued, and check that no log, header limit or database column cuts it.',
      ja: '発行元からトークンを取り直し、ログ・ヘッダーの長さ制限・データベースの列などで途中が切れていないかを確認してください。',
    },
    reasons: {
      too_long: {
        cause: {
          en: 'The input has {actual} characters; nothing that long is a JWT that a server would take.',
          ja: '入力が {actual} 文字あります。これほど長い JWT を受け取るサーバーはありません。',
        },
        remedy: {
          en: 'Give the token alone, without the file or log around it.',
          ja: '前後のファイルやログを除き、トークンだけを渡してください。',
        },
      },
      segments: {
        cause: {
          en: 'A JWT has 3 parts separated by dots; this input has {actual}.',
          ja: 'JWT はドットで区切られた3つの部分からなりますが、この入力には {actual} つあります。',
        },
      },
      two_segments: {
        cause: {
          en: 'The third part, the signature, is gone together with its dot.',
          ja: '3つ目の部分である署名が、ドットごと失われています。',
        },
      },
      base64url: {
        cause: {
          en: 'The {claim} holds {actual} at position {position}, which base64url does not have.',
          ja: '{claim} の {position} 文字目に、base64url にない文字 {actual} があります。',
        },
      },
      empty_part: {
        cause: { en: 'The {claim} is empty.', ja: '{claim} が空です。' },
      },
      not_json: {
        cause: {
          en: 'The {claim} does not decode to JSON: it was damaged, cut or encoded another way.',
          ja: '{claim} をデコードしても JSON になりません。破損・欠落しているか、別の方式で符号化されています。',
        },
      },
      not_an_object: {
        cause: {
          en: 'The {claim} is JSON, but no object.',
          ja: '{claim} は JSON ですが、オブジェクトではありません。',
        },
        remedy: {
          en: 'Sign a JWT Claims Set, a JSON object, instead of a list or a bare value.',
          ja: '配列や単独の値ではなく、JSON オブジェクトである JWT Claims Set に署名してください。',
        },
      },
    },
  },
  bearer_prefix: {
    cause: {
      en: "The scheme of the Authorization header was left in front of the token, so the first part can't be decoded.",
      ja: 'Authorization ヘッダーのスキーム(Bearer)がトークンの前に残っているため、最初の部分をデコードできません。',
    },
    remedy: {
      en: 'Take "Bearer " off before the token goes to the verifier, and do not put it in front twice when sending.',
      ja: '検証する前に「Bearer 」を取り除いてください。送信側で二重に付けていないかも確認してください。',
    },
  },
  url_encoded: {
    cause: {
      en: 'The token is percent-encoded, as in a URL.',
      ja: 'トークンが URL のようにパーセントエンコードされています。',
    },
    remedy: {
      en: 'Decode the parameter once before verifying. A JWT needs no encoding: every character of it is safe in a URL.',
      ja: '検証する前に一度デコードしてください。JWT の文字はすべて URL で安全なので、エンコードは不要です。',
    },
    reasons: {
      more_than_once: {
        cause: {
          en: 'The token was percent-encoded more than once ({actual}).',
          ja: 'トークンが2重以上にパーセントエンコードされています({actual})。',
        },
        remedy: {
          en: 'Find the layer that encodes a second time (often both a client library and the code around it) and take it out.',
          ja: '2回目のエンコードをしている層(多くはライブラリーと呼び出しコードの両方)を見つけて取り除いてください。',
        },
      },
    },
  },
  surrounding_characters: {
    cause: {
      en: 'Characters that are not part of the token stand around it: {actual}.',
      ja: 'トークンの前後に、トークンの一部ではない文字が付いています: {actual}',
    },
    remedy: {
      en: 'Trim the value where it is read: quotes of a JSON or shell string, spaces, and the line break at the end of a file.',
      ja: '値を読み取る所で、JSON やシェルの引用符、空白、ファイル末尾の改行などを取り除いてください。',
    },
    reasons: {
      inside: {
        cause: {
          en: 'White space or line breaks stand inside the token: {actual}.',
          ja: 'トークンの途中に空白や改行が入っています: {actual}',
        },
        remedy: {
          en: 'Join the lines again: a terminal, an e-mail or base64 with line wrapping broke the token.',
          ja: '行をつなぎ直してください。端末・メール・改行付きの base64 などで分割されています。',
        },
      },
      embedded: {
        cause: {
          en: 'The token stands in the middle of other text: a command, a URL or a log line.',
          ja: 'コマンド・URL・ログなど、ほかの文字列の途中にトークンがあります。',
        },
        remedy: {
          en: 'Hand on the token alone. One that got into a log or a URL should be taken for known to others.',
          ja: 'トークンだけを渡してください。ログや URL に入ったトークンは、第三者に知られたものとみなすべきです。',
        },
      },
      json_member: {
        cause: {
          en: 'This is the whole JSON answer; the token is one member of it.',
          ja: 'これは JSON の応答全体です。トークンはその中の1つのメンバーです。',
        },
        remedy: {
          en: 'Take the member that holds the token, for example with jq -r .token.',
          ja: 'トークンの入ったメンバーだけを取り出してください(例: jq -r .token)。',
        },
      },
    },
  },
  base64_not_url_safe: {
    cause: {
      en: 'The token is in standard base64 (found {actual}); a JWT has base64url without padding (RFC 7515 section 2).',
      ja: 'トークンが標準の base64 です({actual} を検出)。JWT はパディングなしの base64url です(RFC 7515 2章)。',
    },
    remedy: {
      en: 'Encode with base64url: "-" for "+", "_" for "/", and no "=" at the end.',
      ja: 'base64url で符号化してください。「+」は「-」、「/」は「_」とし、末尾の「=」は付けません。',
    },
  },
};
