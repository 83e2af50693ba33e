import type { JsonObject } from './base64url.ts';
import { describeFinding } from './describe-finding.ts';
import type { Finding } from './finding.ts';
import { readToken } from './read-token.ts';
import { readTimes, type TimestampClaim } from './timestamps.ts';
import { timeInWords } from './words.ts';

/** A JWT as decode reads it. */
export interface DecodedToken {
  /** The JOSE header (RFC 7515 section 4), unverified; null where it can't be read. */
  header: JsonObject | null;
  /** The JWT Claims Set, unverified; null where it can't be read. */
  claims: JsonObject | null;
  /** `exp`, `nbf` and `iat` as UTC time. */
  times: Partial<Record<TimestampClaim, string>>;
  /** What is wrong with its shape; null for header and claims says that they can't be read. */
  findings: Finding[];
}

/** Decodes a JWT without verifying anything: nothing in the answer can be trusted. */
export function decode(token: string): DecodedToken {
  const { observations, jws } = readToken(token);
  const { times } = readTimes(jws?.claims ?? {});
  const inWords = Object.entries(times).map(([claim, time]) => [claim, timeInWords(time)]);
  return {
    header: jws?.header ?? null,
    claims: jws?.claims ?? null,
    times: Object.fromEntries(inWords),
    findings: observations.map(describeFinding),
  };
}
