import type { ClaimsSet, ProblemFault, ProfileName, RequestedClaims } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import { fault } from './fault.ts';
import { clockToleranceSeconds, maxLifetimeSeconds } from './numeric-date.ts';
import { checkProfile, filledClaims } from './profiles.ts';

/** What the binding that allows a request adds to it. */
export interface ClaimsPlan {
  signer: string;
  profile: ProfileName;
  /** Life of a token whose request gives no exp. */
  ttlSeconds: number;
  /** Claims that the server puts in. */
  setClaims: Record<string, unknown>;
}

/**
 * The whole claims set of an allowed request, issued at `now` (NumericDate): what the request says, and what it
 * leaves out filled in.
 * @throws Problem `invalid_claims` where the whole breaks a rule of its profile, or would be dead on arrival
 */
export function buildClaimsSet(requested: RequestedClaims, plan: ClaimsPlan, now: number): ClaimsSet {
  const iat = requested.iat ?? now;
  const claims: ClaimsSet = {
    iss: plan.signer,
    sub: plan.signer,
    iat,
    exp: Math.min(iat + plan.ttlSeconds, latestExpiry(now)),
    ...requested,
    ...filledClaims(plan.profile, plan.signer),
    ...plan.setClaims,
  };
  // The profile is held against what the caller gave too, so that no filled-in claim hides a faulty one.
  const faults = [
    ...checkComputedExpiry(requested, claims, now),
    ...checkProfile(plan.profile, { ...claims, ...requested }, { signer: plan.signer, now, isWhole: true }),
  ];
  if (faults.length > 0) {
    throw new Problem(
      'invalid_claims',
      `The claims set does not fit profile ${plan.profile} or its own times.`,
      {
        errors: faults,
      },
    );
  }
  return claims;
}

/** IAM refuses an exp more than 12 hours ahead by its own clock, which may be behind this one. */
function latestExpiry(now: number): number {
  return now + maxLifetimeSeconds - clockToleranceSeconds;
}

function checkComputedExpiry(requested: RequestedClaims, claims: ClaimsSet, now: number): ProblemFault[] {
  if (requested.exp !== undefined) return [];
  if (claims.exp <= now) {
    const hint = `exp would be ${claims.exp}, which has passed; leave iat out, or give exp.`;
    return [fault('/claims/iat', requested.iat, `after ${now - (claims.exp - claims.iat)}`, hint)];
  }
  if (claims.exp <= claims.iat) {
    const hint = `exp would be ${claims.exp}, before it; leave iat out, or ask for a longer life.`;
    return [fault('/claims/iat', requested.iat, `before ${claims.exp}`, hint)];
  }
  if (requested.nbf !== undefined && claims.exp <= requested.nbf) {
    const hint = `exp would be ${claims.exp}; ask for a longer life, or leave nbf out.`;
    return [fault('/claims/nbf', requested.nbf, `before ${claims.exp}`, hint)];
  }
  return [];
}
