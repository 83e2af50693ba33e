import type { FindingCode, Localized } from '../finding.ts';

/** What a finding says: placeholders in braces are filled from the observation. */
interface FindingText {
  cause: Localized;
  remedy: Localized;
  /** What is said instead where the observation has this finer ground. */
  reasons?: Readonly<Record<string, { cause?: Localized; remedy?: Localized }>>;
}

/** The texts of one step's codes. */
export type TextTable<Code extends FindingCode> = Readonly<Record<Code, FindingText>>;
