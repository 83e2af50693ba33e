import type { FindingCode } from '../finding.ts';

/**
 * An error text, where `*` stands for what differs from case to case, and the codes that it can mean, likeliest
 * first.
 */
export type KnownText = readonly [text: string, ...codes: [FindingCode, ...FindingCode[]]];

/** Texts of one library or gateway that were seen in the same place. */
export interface KnownTexts {
  library: string;
  /**
   * Where the texts were seen. `run`: the library of this version said so to a token with that fault; `source`:
   * read in this file of it; `report`: no source is public, and these are texts that people met.
   */
  seen: `run: ${string}` | `source: ${string}` | `report: ${string}`;
  texts: readonly KnownText[];
  /** Texts too common to stand for a JWT wherever they occur: they need to be all there is, or a word like JWT beside them. */
  common?: readonly KnownText[];
}

/** What a bare "invalid signature" can mean. */
export const badSignature = [
  'signature_invalid',
  'kid_wrong',
  'signature_truncated',
  'signature_removed',
] as const satisfies readonly FindingCode[];

/** The same where the library does not tell a missing or broken signature from a wrong one. */
export const badOrNoSignature = [
  ...badSignature,
  'signature_missing',
  'surrounding_characters',
] as const satisfies readonly FindingCode[];

/** What a header that is no base64url can mean. */
export const badHeader = [
  'bearer_prefix',
  'token_malformed',
  'surrounding_characters',
  'url_encoded',
  'base64_not_url_safe',
] as const satisfies readonly FindingCode[];
