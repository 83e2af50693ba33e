/** A text in both of the doctor's languages. */
export interface Localized {
  /** In English. */
  en: string;
  /** In Japanese. */
  ja: string;
}

/** A step of the diagnosis, in the order in which they are taken. */
export type Step = 'shape' | 'header' | 'key' | 'signature' | 'claims' | 'time' | 'profile';

/** Every code a finding can have, in the order of diagnosis, with the step that finds it. */
export const stepOf = {
  token_missing: 'shape',
  token_malformed: 'shape',
  not_a_jws: 'shape',
  bearer_prefix: 'shape',
  url_encoded: 'shape',
  surrounding_characters: 'shape',
  base64_not_url_safe: 'shape',
  alg_none: 'header',
  alg_not_allowed: 'header',
  crit_unsupported: 'header',
  kid_missing: 'key',
  kid_not_found: 'key',
  kid_wrong: 'key',
  jwks_unavailable: 'key',
  signature_missing: 'signature',
  signature_removed: 'signature',
  signature_truncated: 'signature',
  signature_invalid: 'signature',
  issuer_mismatch: 'claims',
  audience_mismatch: 'claims',
  subject_mismatch: 'claims',
  claim_missing: 'claims',
  claim_type: 'claims',
  timestamp_unit: 'claims',
  expired: 'time',
  not_yet_valid: 'time',
  issued_in_future: 'time',
  lifetime_too_long: 'time',
  email_missing: 'profile',
  wrong_token_kind: 'profile',
  claim_length: 'profile',
  reserved_claim: 'profile',
} as const satisfies Record<string, Step>;

/** Every code a finding can have. */
export type FindingCode = keyof typeof stepOf;

/** A short value of the token or of the expectations; never the token itself. */
export type Quoted = string | number | null;

/** One fault of a token: what was found, what was expected, why it happens and what to do. */
export interface Finding {
  /** What is wrong. */
  code: FindingCode;
  /** The step that found it. */
  step: Step;
  /** The code of the finding that this one follows from, or null where it stands on its own. */
  because: FindingCode | null;
  /** What was found, null where there is nothing to quote. */
  actual: Quoted;
  /** What was expected, null where there is nothing to quote. */
  expected: Quoted;
  /** Why it happens. */
  cause: Localized;
  /** What to do. */
  remedy: Localized;
  /** The claim or header parameter at fault, where it is one. */
  claim?: string;
  /** A finer ground than the code, such as `der_encoded` or `trailing_slash`. */
  reason?: string;
  /** How the token was mended so that the later steps could look at it. */
  repaired?: Localized;
}

/** What a step saw, before it is put into words. */
export interface Observation {
  code: FindingCode;
  claim?: string;
  reason?: string | undefined;
  because?: FindingCode;
  actual?: Quoted;
  expected?: Quoted;
  repaired?: true;
  /** More values for the text's placeholders. */
  values?: Record<string, string | number | Localized>;
}
