import type { JsonObject } from './base64url.ts';
import { checkClaims } from './check-claims.ts';
import { checkHeader } from './check-header.ts';
import { checkProfile } from './check-profile.ts';
import { checkKeyAndSignature } from './check-signature.ts';
import { checkTime } from './check-time.ts';
import { describeFinding } from './describe-finding.ts';
import { type Demands, type Expectations, resolveExpectations } from './expectations.ts';
import type { Finding, Observation } from './finding.ts';
import { findKeys } from './keys/find-keys.ts';
import { isGoogleIssuer } from './keys/google-keys.ts';
import { orderObservations } from './order-observations.ts';
import { quote } from './quote.ts';
import { type Jws, readToken } from './read-token.ts';
import { readTimes } from './timestamps.ts';

/** What the doctor says of a token. */
export interface Diagnosis {
  /** `unverifiable`: nothing is wrong as far as it could be looked at, but there were no keys. */
  verdict: 'valid' | 'invalid' | 'unverifiable';
  /** As decoded, unverified; null where it can't be read. */
  header: JsonObject | null;
  /** As decoded, unverified; null where they can't be read. */
  claims: JsonObject | null;
  /** The root cause first, the rest in the order of the steps. */
  findings: Finding[];
}

/**
 * Says why a JWT fails to verify: shape, `alg`, key, signature, claims, time and profile, in that order and all
 * of them. Nothing leaves the machine but a request for the keys, where the expectations name a URL. Throws
 * TypeError for expectations that make no sense, and nothing else.
 */
export async function diagnose(token: string, expectations: Expectations = {}): Promise<Diagnosis> {
  const demands = resolveExpectations(expectations);
  const { observations, jws } = readToken(token);
  if (jws === undefined) return conclude(observations, null, null);

  const { header, claims } = jws;
  const inClaims = claims === null ? { observations: [], times: {} } : readTimes(claims);
  const all = [
    ...observations,
    ...(await examineSignature(jws, expectations, demands, inClaims.times.iat)),
    ...(claims === null ? [] : checkClaims(claims, demands)),
    ...inClaims.observations,
    ...checkTime(inClaims.times, demands),
    ...(claims === null ? [] : checkProfile(header ?? {}, claims, demands)),
  ];
  return conclude(all, header, claims);
}

function conclude(all: Observation[], header: JsonObject | null, claims: JsonObject | null): Diagnosis {
  if (all.length === 0) return { verdict: 'valid', header, claims, findings: [] };
  const verdict = all.every(({ code }) => code === 'jwks_unavailable') ? 'unverifiable' : 'invalid';
  return { verdict, header, claims, findings: orderObservations(all).map(describeFinding) };
}

/** The steps header, key and signature. */
async function examineSignature(
  jws: Jws,
  expectations: Expectations,
  demands: Demands,
  iat: number | undefined,
): Promise<Observation[]> {
  const { header } = jws;
  if (header === null) return [];
  const named = typeof jws.claims?.iss === 'string' ? jws.claims.iss : undefined;
  const issuer = chooseIssuer(named, demands.issuers);
  const found = await findKeys(expectations, issuer);
  const context = {
    issuedByGoogle: issuer !== undefined && isGoogleIssuer(issuer),
    ageSeconds: iat === undefined ? undefined : demands.at - iat,
    requiresKid: demands.profile?.requiresKid === true,
  };
  const observations = await checkKeyAndSignature(jws, found, context);
  const lost = observations.find(({ code }) => code === 'kid_not_found');
  if (lost !== undefined && typeof expectations.jwks === 'function' && named !== issuer) {
    const others = await findKeys(expectations, named);
    if (others.kind === 'set' && (await checkKeyAndSignature(jws, others, context)).length === 0) {
      const keys = checkHeader(header, demands, others.keys);
      return [
        ...keys,
        { ...lost, reason: 'other_account', because: 'issuer_mismatch', expected: quote(issuer) },
      ];
    }
  }
  return [...checkHeader(header, demands, found.kind === 'unavailable' ? [] : found.keys), ...observations];
}

/** Whose keys to look for: the token's issuer where it may be that, else the one that is expected. */
function chooseIssuer(named: string | undefined, expected: readonly string[]): string | undefined {
  if (expected.length === 0 || (named !== undefined && expected.includes(named))) return named;
  return expected[0];
}
