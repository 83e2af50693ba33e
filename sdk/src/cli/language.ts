import type { Localized } from '../diagnose/finding.ts';
import { type Surroundings, UsageError } from './command.ts';

export type Language = keyof Localized;

/** The language asked for with `--lang`, else that of the environment, else English. */
export function chooseLanguage(option: string | undefined, env: Surroundings['env']): Language {
  if (option !== undefined && option !== 'en' && option !== 'ja')
    throw new UsageError('--lang must be en or ja');
  return option ?? (/^ja/.test(env.LC_ALL ?? env.LC_MESSAGES ?? env.LANG ?? '') ? 'ja' : 'en');
}

/** The words around findings on the command line. */
export const words = {
  en: {
    valid: 'valid',
    invalid: 'invalid',
    unverifiable: 'could not be verified',
    nothing: 'Nothing is wrong with this token.',
    unchecked: 'Not checked',
    give: (option: string) => `give ${option}`,
    cause: 'Cause',
    remedy: 'Remedy',
    found: 'Found',
    expected: 'Expected',
    because: 'Follows from',
    repaired: 'Note',
    library: 'Text of',
    unknown: 'Not recognised. With the token itself, `countersign diagnose` can say more.',
  },
  ja: {
    valid: '有効',
    invalid: '無効',
    unverifiable: '検証できませんでした',
    nothing: 'このトークンに問題はありません。',
    unchecked: '未確認',
    give: (option: string) => `${option} を指定`,
    cause: '原因',
    remedy: '対処',
    found: '実際の値',
    expected: '期待値',
    because: '次の結果',
    repaired: '補足',
    library: '出所',
    unknown: '認識できません。トークンがあれば `countersign diagnose` で詳しく調べられます。',
  },
} as const;

/** The words of `check`. Its JSON has the English ones of steps and statuses, for programs. */
export const stepWords = {
  en: {
    statuses: { ok: 'ok', failed: 'failed', unknown: 'unknown', 'not reached': 'not reached' },
    names: {
      reachable: 'reachable',
      'caller token': 'caller token',
      'who am I': 'who am I',
      binding: 'binding',
      'IAM permission': 'IAM permission',
      signed: 'signed',
      verified: 'verified',
      refused: 'refused',
    },
    mend: 'Mend',
  },
  ja: {
    statuses: { ok: '正常', failed: '失敗', unknown: '不明', 'not reached': '未確認' },
    names: {
      reachable: '到達',
      'caller token': '呼出元トークン',
      'who am I': '呼び出し元',
      binding: 'バインディング',
      'IAM permission': 'IAM の権限',
      signed: '署名',
      verified: '検証',
      refused: '拒否',
    },
    mend: '対処',
  },
} as const;

/** The text with spaces up to a width in columns: a terminal gives a Japanese character two. */
export function padWords(text: string, width: number): string {
  const columns = [...text].reduce(
    (sum, character) => sum + (/[\u3000-\u9fff\uff00-\uff60]/.test(character) ? 2 : 1),
    0,
  );
  return text + ' '.repeat(Math.max(0, width - columns));
}
