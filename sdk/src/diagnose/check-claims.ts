import type { JsonObject } from './base64url.ts';
import { checkAudience, typeName } from './check-audience.ts';
import type { Demands } from './expectations.ts';
import type { Observation } from './finding.ts';
import { nearMiss } from './near-miss.ts';
import { quote, quoteList } from './quote.ts';
import { timestampClaims } from './timestamps.ts';

/** Checks `iss`, `aud`, `sub`, what must be there, and the type of each registered claim. */
export function checkClaims(claims: JsonObject, demands: Demands): Observation[] {
  const missing = requiredClaims(claims, demands).filter((name) => isAbsent(claims[name]));
  return [
    ...checkIssuer(claims.iss, demands),
    ...(isAbsent(claims.aud) ? [] : checkAudience(claims.aud, demands)),
    ...checkSubject(claims, demands),
    ...missing.map(
      (claim): Observation => ({ code: 'claim_missing', claim, expected: expectedOf(claim, demands) }),
    ),
    ...(isAbsent(claims.jti) || typeof claims.jti === 'string'
      ? []
      : [wrongType('jti', claims.jti, 'string')]),
  ];
}

function requiredClaims(claims: JsonObject, demands: Demands): string[] {
  const { profile } = demands;
  const required = new Set(['exp', ...(profile?.requiredClaims ?? [])]);
  if (demands.issuers.length > 0) required.add('iss');
  const scoped = profile?.scopeInsteadOfAudience === true && typeof claims.scope === 'string';
  if ((demands.audiences.length > 0 || profile?.audience.form === 'pattern') && !scoped) required.add('aud');
  if (demands.subject !== undefined) required.add('sub');
  return [...required].sort((a, b) => claimOrder.indexOf(a) - claimOrder.indexOf(b));
}

const claimOrder: readonly string[] = ['iss', 'aud', 'sub', ...timestampClaims];

function expectedOf(claim: string, demands: Demands) {
  if (claim === 'iss' && demands.issuers.length > 0) return quoteList(demands.issuers);
  if (claim === 'aud' && demands.audiences.length > 0) return quoteList(demands.audiences);
  if (claim === 'sub' && demands.subject !== undefined) return quote(demands.subject);
  return claim;
}

function checkIssuer(iss: unknown, { issuers }: Demands): Observation[] {
  if (isAbsent(iss)) return [];
  if (typeof iss !== 'string') return [wrongType('iss', iss, 'string')];
  if (issuers.length === 0 || issuers.includes(iss)) return [];
  const reason = nearMiss(iss, issuers);
  return [
    { code: 'issuer_mismatch', claim: 'iss', reason, actual: quote(iss), expected: quoteList(issuers) },
  ];
}

function checkSubject(claims: JsonObject, { subject, profile }: Demands): Observation[] {
  const { sub, iss } = claims;
  if (isAbsent(sub)) return [];
  if (typeof sub !== 'string') return [wrongType('sub', sub, 'string')];
  const expected = subject ?? (profile?.subject === 'signer' && typeof iss === 'string' ? iss : undefined);
  if (expected === undefined || sub === expected) return [];
  const reason = subject === undefined ? 'not_the_issuer' : nearMiss(sub, [expected]);
  return [{ code: 'subject_mismatch', claim: 'sub', reason, actual: quote(sub), expected: quote(expected) }];
}

function wrongType(claim: string, value: unknown, expected: string): Observation {
  return { code: 'claim_type', claim, actual: typeName(value), expected };
}

export function isAbsent(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
