import type { ProblemFault } from '../contract/generated/types.ts';
import { checkAudience } from './audience.ts';
import { fault, pointerTo } from './fault.ts';
import { clockToleranceSeconds, isNumericDate, maxLifetimeSeconds } from './numeric-date.ts';

/** Claims that would turn the JWT into another kind of grant at Google's token endpoint (RFC 7523). */
const grantClaims = new Set(['scope', 'target_audience']);
const objectNames = new Set([...Object.getOwnPropertyNames(Object.prototype), 'prototype']);

/**
 * What the rules that need no policy find wrong with a claims set, at the time `now` (NumericDate).
 * Claims of a wrong type are left to the schema.
 */
export function checkClaims(claims: Record<string, unknown>, now: number): ProblemFault[] {
  return [...checkNames(claims), ...checkAudience(claims.aud), ...checkTimes(claims, now)];
}

/** Claims that no token may have, whoever puts them in. */
export function checkNames(claims: Record<string, unknown>): ProblemFault[] {
  return Object.keys(claims).flatMap((name) => {
    const pointer = pointerTo('/claims', name);
    if (grantClaims.has(name)) {
      const hint = 'Remove it: with it the JWT could be exchanged for an access token of the signer.';
      return [fault(pointer, claims[name], 'no such claim', hint)];
    }
    if (objectNames.has(name)) {
      const hint = 'Rename it: readers in JavaScript take it for a property of every object.';
      return [fault(pointer, undefined, 'no such claim', hint)];
    }
    return [];
  });
}

function checkTimes({ exp, nbf, iat }: Record<string, unknown>, now: number): ProblemFault[] {
  const faults: ProblemFault[] = [];
  if (isNumericDate(iat) && iat > now + clockToleranceSeconds) {
    const hint = `It is ${iat - now} seconds ahead of ${now}; set the clock, or leave iat out.`;
    faults.push(fault('/claims/iat', iat, `at most ${now + clockToleranceSeconds}`, hint));
  }
  if (isNumericDate(nbf) && nbf > now + clockToleranceSeconds) {
    const hint = `It is ${nbf - now} seconds ahead of ${now}; leave nbf out, or ask when the token is needed.`;
    faults.push(fault('/claims/nbf', nbf, `at most ${now + clockToleranceSeconds}`, hint));
  }
  if (isNumericDate(exp)) faults.push(...checkExpiry(exp, { nbf, iat }, now));
  return faults;
}

function checkExpiry(exp: number, { nbf, iat }: Record<string, unknown>, now: number): ProblemFault[] {
  const refuse = (expected: string, hint: string) => [fault('/claims/exp', exp, expected, hint)];
  if (exp <= now) {
    return refuse(
      `after ${now}`,
      `It passed ${now - exp} seconds ago; leave exp out, or add to the time of now.`,
    );
  }
  if (exp > now + maxLifetimeSeconds) {
    const hint = `IAM signs at most 12 hours ahead, and this is ${exp - now} seconds; leave exp out or lower it.`;
    return refuse(`at most ${now + maxLifetimeSeconds}`, hint);
  }
  if (isNumericDate(iat) && exp <= iat) return refuse(`after iat, ${iat}`, 'Set exp after iat.');
  if (isNumericDate(nbf) && exp <= nbf) return refuse(`after nbf, ${nbf}`, 'Set exp after nbf.');
  return [];
}
