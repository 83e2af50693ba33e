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
