import type { Localized, Step } from '../src/diagnose/finding.ts';

export type Language = keyof Localized;

const english = {
  title: 'Why does this JWT fail?',
  promise: 'Nothing you paste is stored or leaves this page.',
  tokenLabel: 'Token or error text',
  tokenHint: 'A JWT, or the error message of a JWT library or gateway. Diagnosed as you type.',
  keysLabel: 'Keys of the verifier',
  keysHint: 'JWK Set, JWK, PEM, certificate, or an HMAC secret. Without keys the signature is not checked.',
  fetchKeys: "Fetch the issuer's keys from this server",
  fetchedKeys: 'The keys were fetched from this server.',
  noKeys: 'This server has no keys of that issuer.',
  clear: 'Clear all',
  expectations: 'What the verifier expects',
  profileLabel: 'Verifier',
  anyProfile: 'Any (RFC 7519 alone)',
  toleranceLabel: 'Clock tolerance (seconds)',
  atLabel: 'Time (NumericDate, empty is now)',
  answers: 'Diagnosis',
  waiting: 'Paste a token or an error text to begin.',
  valid: 'Valid: nothing is wrong with this token.',
  invalid: 'Invalid: a verifier refuses this token.',
  unverifiable: 'Nothing is wrong as far as can be seen, but the signature was not checked.',
  recognised: 'This error text can mean, likeliest first:',
  notRecognised: 'This is neither a JWT nor an error text that is known here.',
  wrongExpectation: 'The clock tolerance and the time must be numbers.',
  rootCause: 'Root cause',
  because: 'follows from',
  actual: 'Found',
  expected: 'Expected',
  timeline: 'Timeline',
  now: 'now',
  ago: '{duration} ago',
  ahead: 'in {duration}',
  header: 'Header',
  claims: 'Claims',
  unverified: 'as decoded, not verified',
  snippets: 'How to verify, right',
};

type Text = keyof typeof english;

const japanese: Record<Text, string> = {
  title: 'この JWT はなぜ通らないのか',
  promise: '貼り付けた内容は保存されず、このページの外に送られません。',
  tokenLabel: 'トークンまたはエラーメッセージ',
  tokenHint: 'JWT、または JWT ライブラリーやゲートウェイのエラーメッセージ。入力すると診断します。',
  keysLabel: '検証側の鍵',
  keysHint: 'JWK Set、JWK、PEM、証明書、または HMAC の共有鍵。鍵がなければ署名は検証しません。',
  fetchKeys: '発行者の鍵をこのサーバーから取得',
  fetchedKeys: '鍵をこのサーバーから取得しました。',
  noKeys: 'このサーバーには、その発行者の鍵がありません。',
  clear: 'すべて消去',
  expectations: '検証側が期待する値',
  profileLabel: '検証側の種類',
  anyProfile: '指定なし(RFC 7519 のみ)',
  toleranceLabel: '時計の許容誤差(秒)',
  atLabel: '時刻(NumericDate、空なら現在)',
  answers: '診断結果',
  waiting: 'トークンまたはエラーメッセージを貼り付けてください。',
  valid: '有効: このトークンに問題はありません。',
  invalid: '無効: 検証側はこのトークンを拒否します。',
  unverifiable: '見える範囲に問題はありませんが、署名は検証していません。',
  recognised: 'このエラーの意味として考えられるもの(可能性の高い順):',
  notRecognised: 'JWT でも、既知のエラーメッセージでもありません。',
  wrongExpectation: '許容誤差と時刻は数値で入力してください。',
  rootCause: '根本原因',
  because: '次の結果',
  actual: '実際の値',
  expected: '期待値',
  timeline: '時間軸',
  now: '現在',
  ago: '{duration}前',
  ahead: '{duration}後',
  header: 'ヘッダー',
  claims: 'クレーム',
  unverified: 'デコードしただけで、未検証',
  snippets: '正しい検証のしかた',
};

/** The page's own words; the findings bring theirs. */
export const strings: Readonly<Record<Language, Readonly<Record<Text, string>>>> = {
  en: english,
  ja: japanese,
};

/** The steps of diagnosis as the page calls them. */
export const stepNames: Readonly<Record<Language, Readonly<Record<Step, string>>>> = {
  en: {
    shape: 'shape',
    header: 'header',
    key: 'key',
    signature: 'signature',
    claims: 'claims',
    time: 'time',
    profile: 'profile',
  },
  ja: {
    shape: '形',
    header: 'ヘッダー',
    key: '鍵',
    signature: '署名',
    claims: 'クレーム',
    time: '時刻',
    profile: 'プロファイル',
  },
};

export function isText(name: string | undefined): name is Text {
  return name !== undefined && Object.hasOwn(english, name);
}
