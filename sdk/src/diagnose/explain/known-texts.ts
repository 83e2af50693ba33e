import type { FindingCode } from '../finding.ts';

/**
 * An error text, where `*` stands for what differs from case to case, and the codes that it can mean, likeliest
 * first.
 */
export type KnownText = readonly [text: string, ...codes: [FindingCode, ...FindingCode[]]];

/** The texts of one library or gateway, read in its source unless its file says otherwise. */
export interface KnownTexts {
  library: string;
  texts: readonly KnownText[];
  /** Texts too common to stand for a JWT wherever they occur: they need to be all there is, or a word like JWT beside them. */
  common?: readonly KnownText[];
}
