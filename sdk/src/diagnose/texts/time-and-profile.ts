import type { TextTable } from './text-table.ts';

type TimeCode = 'expired' | 'not_yet_valid' | 'issued_in_future' | 'lifetime_too_long';
type ProfileCode = 'email_missing' | 'wrong_token_kind' | 'claim_length' | 'reserved_claim';

const clockRemedy = {
  en: 'Set both clocks by NTP; until then a clock tolerance of {tolerance} seconds lets this token pass.',
  ja: '両方の時計を NTP で合わせてください。それまでは、許容誤差を {tolerance} 秒にすればこのトークンは通ります。',
};

export const timeTexts: TextTable<TimeCode> = {
  expired: {
    cause: {
      en: 'The token expired {distance} ago, at {time}.',
      ja: 'トークンは{distance}前({time})に期限切れになりました。',
    },
    remedy: {
      en: 'Get a new token: do not keep one past its exp. A clock tolerance would have to be {tolerance} seconds, which is too much.',
      ja: '新しいトークンを取得し、exp を過ぎたものを使い続けないでください。許容誤差で補うには {tolerance} 秒も必要で、大きすぎます。',
    },
    reasons: {
      clock_skew: {
        remedy: {
          en: 'Get a new token, and do not keep one past its exp. Where it was new, the clocks disagree: set both by NTP; until then a clock tolerance of {tolerance} seconds lets this token pass.',
          ja: '新しいトークンを取得し、exp を過ぎたものを使い続けないでください。取得した直後なら時計がずれています。両方の時計を NTP で合わせてください。それまでは、許容誤差を {tolerance} 秒にすればこのトークンは通ります。',
        },
      },
      duration: {
        cause: {
          en: 'exp is {actual}: a duration in seconds, taken for a time it lies in the past ({time}).',
          ja: 'exp の値 {actual} は期間(秒数)です。時刻として読むと過去({time})になります。',
        },
        remedy: {
          en: 'Add the current time: exp = iat + {actual}.',
          ja: '現在時刻を足してください: exp = iat + {actual}',
        },
      },
    },
  },
  not_yet_valid: {
    cause: {
      en: 'The token is not valid for another {distance}, until {time} (nbf).',
      ja: 'トークンが有効になるのは{distance}後({time}、nbf)です。',
    },
    remedy: {
      en: 'Wait, or have the issuer set nbf to the time of signing; if the clocks disagree, set them by NTP.',
      ja: '有効になるまで待つか、発行側で nbf を署名時刻にしてください。時計がずれているなら NTP で合わせてください。',
    },
    reasons: { clock_skew: { remedy: clockRemedy } },
  },
  issued_in_future: {
    cause: {
      en: "The token says it was issued {distance} from now, at {time}: the issuer's clock is ahead, or the verifier's behind.",
      ja: 'トークンの発行時刻(iat)が{distance}先({time})です。発行側の時計が進んでいるか、検証側の時計が遅れています。',
    },
    remedy: {
      en: 'Set both clocks by NTP, and take iat from the clock in UTC.',
      ja: '両方の時計を NTP で合わせ、iat は UTC の現在時刻から作ってください。',
    },
    reasons: {
      clock_skew: { remedy: clockRemedy },
      time_zone: {
        cause: {
          en: 'iat lies {distance} ahead ({time}), close to a whole number of half hours: local time was taken for UTC.',
          ja: 'iat が{distance}先({time})です。ちょうど30分の倍数に近く、現地時刻を UTC とみなしたずれと考えられます。',
        },
        remedy: {
          en: 'Compute the time in UTC, for example datetime.now(timezone.utc) instead of utcnow().timestamp().',
          ja: '時刻は UTC で計算してください(例: utcnow().timestamp() ではなく datetime.now(timezone.utc))。',
        },
      },
    },
  },
  lifetime_too_long: {
    cause: {
      en: 'The token lives for {lifetime}; this verifier takes at most {ceiling} between iat and exp.',
      ja: 'トークンの有効期間は{lifetime}ですが、この検証側が認めるのは iat から exp まで最長{ceiling}です。',
    },
    remedy: {
      en: 'Set exp to at most iat plus {ceiling}, and get a new token when it runs out.',
      ja: 'exp を iat から{ceiling}以内にし、切れたら新しいトークンを取得してください。',
    },
  },
};

export const profileTexts: TextTable<ProfileCode> = {
  email_missing: {
    cause: {
      en: 'The token has no email claim, and this verifier knows the caller by e-mail.',
      ja: 'トークンに email クレームがありません。この検証側は呼び出し元をメールアドレスで識別します。',
    },
    remedy: {
      en: 'Ask for it: includeEmail: true with generateIdToken, --include-email with gcloud, format=full at the metadata server.',
      ja: 'email を含めて取得してください: generateIdToken なら includeEmail: true、gcloud なら --include-email、メタデータサーバーなら format=full',
    },
  },
  wrong_token_kind: {
    cause: {
      en: 'This is another kind of token ({actual}) than this verifier takes ({expected}).',
      ja: 'トークンの種類({actual})が、この検証側の受け付けるもの({expected})と違います。',
    },
    remedy: {
      en: 'Get the kind of token that this verifier takes.',
      ja: 'この検証側が受け付ける種類のトークンを取得してください。',
    },
    reasons: {
      'service-account-jwt': {
        cause: {
          en: 'This JWT was signed by a service account itself; the verifier takes {expected} only.',
          ja: 'これはサービスアカウント自身が署名した JWT ですが、この検証側が受け付けるのは {expected} だけです。',
        },
        remedy: {
          en: 'Ask for a Google ID token: generateIdToken, the metadata server, or POST /v1/id-tokens.',
          ja: 'Google の ID トークンを取得してください: generateIdToken、メタデータサーバー、または POST /v1/id-tokens',
        },
      },
      'google-id-token': {
        cause: {
          en: 'This is an ID token issued by Google; the verifier takes {expected}.',
          ja: 'これは Google が発行した ID トークンですが、この検証側が受け付けるのは {expected} です。',
        },
        remedy: {
          en: 'Sign a JWT as the service account (signJwt), or configure the verifier for Google ID tokens.',
          ja: 'サービスアカウントとして JWT に署名する(signJwt)か、検証側を Google の ID トークン用に設定してください。',
        },
      },
      'firebase-id-token': {
        cause: {
          en: "This is a Firebase user's ID token; the verifier takes {expected}.",
          ja: 'これは Firebase ユーザーの ID トークンですが、この検証側が受け付けるのは {expected} です。',
        },
      },
      'firebase-custom-token': {
        cause: {
          en: 'This is a Firebase custom token. It can only be exchanged by signInWithCustomToken; the verifier takes {expected}.',
          ja: 'これは Firebase のカスタムトークンで、signInWithCustomToken での交換にしか使えません。この検証側が受け付けるのは {expected} です。',
        },
      },
      'iap-assertion': {
        cause: {
          en: 'This is the assertion that IAP adds for the application behind it (x-goog-iap-jwt-assertion). It is no credential for calling; the verifier takes {expected}.',
          ja: 'これは IAP が背後のアプリケーション向けに付けるアサーション(x-goog-iap-jwt-assertion)で、呼び出しの資格情報ではありません。この検証側が受け付けるのは {expected} です。',
        },
      },
      'oauth-assertion': {
        cause: {
          en: "This JWT is for Google's token endpoint, to be exchanged for an access token; the verifier takes {expected}.",
          ja: 'これはアクセストークンと交換するための、Google のトークンエンドポイント宛ての JWT です。この検証側が受け付けるのは {expected} です。',
        },
      },
      'access-token': {
        cause: {
          en: 'This is an OAuth access token in JWT form (typ at+jwt); the verifier takes {expected}.',
          ja: 'これは JWT 形式の OAuth アクセストークン(typ が at+jwt)です。この検証側が受け付けるのは {expected} です。',
        },
      },
    },
  },
  claim_length: {
    cause: {
      en: '{claim} has a length of {actual}; this verifier takes {expected}.',
      ja: '{claim} の長さは {actual} ですが、この検証側が受け付けるのは {expected} です。',
    },
    remedy: {
      en: 'Choose a value of a length within the limits; for workload identity map a shorter attribute to google.subject.',
      ja: '制限に収まる長さの値にしてください。Workload Identity では、より短い属性を google.subject に割り当てます。',
    },
  },
  reserved_claim: {
    cause: {
      en: '{claim} uses a name that is reserved; Firebase refuses it among developer claims.',
      ja: '{claim} は予約された名前です。Firebase は開発者クレームとして受け付けません。',
    },
    remedy: {
      en: 'Rename the claim.',
      ja: 'クレームの名前を変えてください。',
    },
  },
};
