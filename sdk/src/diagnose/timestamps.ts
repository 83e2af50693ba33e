import type { JsonObject } from './base64url.ts';
import { typeName } from './check-audience.ts';
import type { Observation } from './finding.ts';
import { quote } from './quote.ts';

/** The claims that are a NumericDate (RFC 7519 section 2). */
export const timestampClaims = ['exp', 'nbf', 'iat'] as const;
/** The name of a claim that is a NumericDate. */
export type TimestampClaim = (typeof timestampClaims)[number];

/** The times of a token as seconds, even where it writes them otherwise; absent where they can't be told. */
export type Times = Partial<Record<TimestampClaim, number>>;

/** Past the year 5138 a number of seconds is one of milliseconds, microseconds or nanoseconds. */
const units = [
  { limit: 1e11, divisor: 1, name: 'seconds' },
  { limit: 1e14, divisor: 1e3, name: 'milliseconds' },
  { limit: 1e17, divisor: 1e6, name: 'microseconds' },
  { limit: 1e20, divisor: 1e9, name: 'nanoseconds' },
] as const;

/** Reads `exp`, `nbf` and `iat` as Google's verifiers do, as integers in seconds, and tells each that is none. */
export function readTimes(claims: JsonObject): { times: Times; observations: Observation[] } {
  const times: Times = {};
  const observations: Observation[] = [];
  for (const claim of timestampClaims) {
    const value = claims[claim];
    if (value === undefined || value === null) continue;
    const { seconds, observation } = readTime(claim, value);
    if (seconds !== undefined) times[claim] = seconds;
    if (observation !== undefined) observations.push(observation);
  }
  return { times, observations };
}

function readTime(claim: TimestampClaim, value: unknown): { seconds?: number; observation?: Observation } {
  if (typeof value !== 'number') return readText(claim, value);
  const unit = units.find(({ limit }) => Math.abs(value) < limit);
  if (unit === undefined) return { observation: notNumericDate(claim, value, 'out_of_range') };
  const seconds = Math.floor(value / unit.divisor);
  if (unit.name !== 'seconds') {
    return {
      seconds,
      observation: { code: 'timestamp_unit', claim, reason: unit.name, actual: value, expected: seconds },
    };
  }
  if (!Number.isInteger(value)) return { seconds, observation: notNumericDate(claim, value, 'fraction') };
  return { seconds };
}

/** A time in text is read all the same, so that it can be compared. */
function readText(claim: TimestampClaim, value: unknown): { seconds?: number; observation: Observation } {
  if (typeof value !== 'string')
    return { observation: notNumericDate(claim, typeName(value), 'not_a_number') };
  const text = value.trim();
  if (text.length < 24 && /^-?\d+(\.\d+)?$/.test(text)) {
    const { seconds } = readTime(claim, Number(text));
    const observation = notNumericDate(claim, value, 'numeric_string');
    return seconds === undefined ? { observation } : { seconds, observation };
  }
  const parsed = text.length <= 64 && /^\d{4}-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  const observation = notNumericDate(claim, value, Number.isNaN(parsed) ? 'not_a_number' : 'date_string');
  return Number.isNaN(parsed) ? { observation } : { seconds: Math.floor(parsed / 1000), observation };
}

function notNumericDate(claim: TimestampClaim, value: string | number, reason: string): Observation {
  return { code: 'claim_type', claim, reason, actual: quote(value), expected: 'integer' };
}
