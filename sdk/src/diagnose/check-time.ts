import type { Demands } from './expectations.ts';
import type { Localized, Observation } from './finding.ts';
import type { Times } from './timestamps.ts';
import { durationInWords, timeInWords } from './words.ts';

/** A clock that is off by no more than this is set right by a tolerance; past it something else is wrong. */
const sensibleToleranceSeconds = 300;
/** Before 2001-09-09 there was no JWT: so small a number is a duration. */
const oldestTime = 1_000_000_000;

/** Compares `exp`, `nbf` and `iat` with the clock and its tolerance, and the lifetime with the profile's ceiling. */
export function checkTime(times: Times, demands: Demands): Observation[] {
  const { at, toleranceSeconds: tolerance } = demands;
  const { exp, nbf, iat } = times;
  const observations: Observation[] = [];
  if (exp !== undefined && at - tolerance >= exp) {
    const reason = exp >= 0 && exp < oldestTime ? 'duration' : undefined;
    observations.push(describe('expired', 'exp', exp, at, reason));
  }
  if (nbf !== undefined && nbf > at + tolerance) observations.push(describe('not_yet_valid', 'nbf', nbf, at));
  if (iat !== undefined && iat > at + tolerance) {
    const finding = describe(
      'issued_in_future',
      'iat',
      iat,
      at,
      inTimeZone(iat - at) ? 'time_zone' : undefined,
    );
    observations.push(nbf === iat ? { ...finding, because: 'not_yet_valid' } : finding);
  }
  return [...observations, ...checkLifetime(times, demands)];
}

function describe(
  code: 'expired' | 'not_yet_valid' | 'issued_in_future',
  claim: 'exp' | 'nbf' | 'iat',
  time: number,
  at: number,
  special?: string,
): Observation {
  const distance = Math.abs(at - time);
  const needed = code === 'expired' ? distance + 1 : distance;
  const reason = special ?? (needed <= sensibleToleranceSeconds ? 'clock_skew' : undefined);
  const values = { distance: durationInWords(distance), time: timeInWords(time), tolerance: needed };
  return { code, claim, reason, actual: time, expected: expectedTime(code, at), values };
}

function expectedTime(code: string, at: number): string {
  return code === 'expired' ? `> ${at}` : `≤ ${at}`;
}

/** Whole and half hours, give or take two minutes: local time taken for UTC. */
function inTimeZone(seconds: number): boolean {
  const offset = seconds % 1800;
  return seconds > 1800 && seconds <= 14 * 3600 + 120 && Math.min(offset, 1800 - offset) <= 120;
}

function checkLifetime({ exp, iat, nbf }: Times, { profile, at }: Demands): Observation[] {
  const ceiling = profile?.maxLifetimeSeconds ?? null;
  if (ceiling === null || exp === undefined) return [];
  const lifetime = exp - (iat ?? nbf ?? at);
  if (lifetime <= ceiling) return [];
  const values: Record<string, Localized> = {
    lifetime: durationInWords(lifetime),
    ceiling: durationInWords(ceiling),
  };
  return [{ code: 'lifetime_too_long', claim: 'exp', actual: lifetime, expected: `≤ ${ceiling}`, values }];
}
