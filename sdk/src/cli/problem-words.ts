import type { CountersignError } from '../errors.ts';
import type { ProblemCode } from '../generated/problems.ts';
import { englishRemedies } from './english-remedies.ts';
import type { Language } from './language.ts';

/** What each code of the problem table means and what to do; the service itself speaks English. */
const japanese: Readonly<Record<ProblemCode, string>> = {
  invalid_request: 'リクエストの形式が正しくありません。示された項目を直してください。',
  invalid_claims: 'クレームが規則に反しています。示されたクレームを直してください。',
  unauthenticated:
    '呼び出し元を認証できません。aud がこのサービスの URL である Google の ID トークンを送ってください。',
  policy_denied:
    'どのバインディングもこの要求を許可していません。許可された範囲で要求するか、ポリシーにバインディングを追加してください。',
  not_found: 'このパスには何もありません。パスを確認してください。',
  method_not_allowed: 'このパスはこのメソッドを受け付けません。',
  body_too_large: 'リクエストの本文が大きすぎます。64 KiB 以下にしてください。',
  unsupported_media_type: 'リクエストの本文が JSON ではありません。',
  rate_limited: '要求が多すぎます。時間をおき、トークンをキャッシュしてください。',
  signer_permission_missing:
    '関数に署名の権限がありません。示されたコマンドで権限を付与してください。反映には 2～7 分かかります。',
  signer_api_disabled:
    'IAM Service Account Credentials API が無効です。示されたコマンドで有効にしてください。',
  signer_rejected: 'IAM が要求を拒否しました。示された理由を確認してください。',
  signer_response_invalid: 'IAM の応答が、要求したトークンではありません。もう一度試してください。',
  delivery_rejected: 'バッチの配信先に誤りがあります。シークレットまたはトピックを確認してください。',
  signer_quota_exceeded:
    'IAM の署名の割り当てを使い切りました。時間をおいて試すか、割り当てを増やしてください。',
  signer_unavailable: 'IAM に到達できません。時間をおいて試してください。',
  caller_keys_unavailable: '呼び出し元を検証する鍵を取得できません。時間をおいて試してください。',
  policy_unavailable: '有効なポリシーがありません。COUNTERSIGN_POLICY のファイルを直してください。',
  delivery_unavailable: '今はバッチを配信できません。Pub/Sub が再送します。',
  deadline_exceeded: '時間内に終わりませんでした。もう一度試してください。',
  internal: '関数の内部で問題が起きました。もう一度試し、続くようならログを確認してください。',
  network_error: 'サービスに到達できません。URL とネットワークを確認してください。',
  invalid_response:
    '応答が Countersign のものではありません。URL と、途中で代わりに応答するものを確認してください。',
  caller_token_unavailable:
    '呼び出し元の ID トークンを取得できません。メタデータサーバーのある環境で実行するか、GCE_METADATA_HOST でローカルクラウドを指すか、--as を指定してください。',
};

/** What a call failed with, in one line; in Japanese with the English words of the service behind it. */
export function describeProblem({ code, message }: CountersignError, language: Language): string {
  return language === 'en' ? `${code}: ${message}` : `${code}: ${japanese[code]}（${message}）`;
}

/** What to do about the code; in Japanese with what it means. */
export function remedyOf({ code }: CountersignError, language: Language): string {
  return language === 'en' ? englishRemedies[code] : japanese[code];
}
