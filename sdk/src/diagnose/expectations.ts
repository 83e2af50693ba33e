import { type DiagnosisProfileName, profiles } from '../generated/profiles.ts';
import type { JwkSet } from './keys/jwk.ts';
import type { KeyInput } from './keys/key-input.ts';
import type { ProfileRules } from './profile-rules.ts';

/** Finds the JWK Set of an issuer: that of the token, or the expected one. */
export type JwksFinder = (issuer: string | undefined) => JwkSet | Promise<JwkSet>;

/** What the verifier at hand demands. All optional: what is not given is not held against the token. */
export interface Expectations {
  /** A JWK Set, the URL of one, or a function that finds one. */
  jwks?: JwkSet | string | URL | JwksFinder | undefined;
  /** One key, whatever `kid` says: a JWK, PEM, X.509 certificate, Google's map of those, or an HMAC secret. */
  key?: KeyInput | undefined;
  /** The `iss` claim, or those of which it must be one. */
  issuer?: string | readonly string[] | undefined;
  /** The `aud` claim, or those of which it must hold one. */
  audience?: string | readonly string[] | undefined;
  /** The `sub` claim. */
  subject?: string | undefined;
  /** The allow-list of `alg`; without one, what the keys are for. */
  algorithms?: string | readonly string[] | undefined;
  /** Seconds by which the clocks may differ; default: the profile's, else 0. */
  clockToleranceSeconds?: number | undefined;
  /** The time to diagnose for, a NumericDate in seconds; default now. */
  at?: number | undefined;
  /** The verifier whose own demands are added. */
  profile?: DiagnosisProfileName | undefined;
}

/** The expectations with the profile's demands merged in. */
export interface Demands {
  issuers: readonly string[];
  audiences: readonly string[];
  subject: string | undefined;
  algorithms: readonly string[] | undefined;
  toleranceSeconds: number;
  at: number;
  profile: ProfileRules | undefined;
  profileName: DiagnosisProfileName | undefined;
}

const none: readonly string[] = [];

/** Merges expectations and profile. Throws TypeError for an unknown profile or a time that is no number. */
export function resolveExpectations(expectations: Expectations): Demands {
  const { profile: profileName, clockToleranceSeconds, at } = expectations;
  if (profileName !== undefined && !Object.hasOwn(profiles, profileName)) {
    throw new TypeError(`profile must be one of ${Object.keys(profiles).join(', ')}`);
  }
  if (at !== undefined && !Number.isFinite(at)) throw new TypeError('at must be a NumericDate in seconds');
  if (clockToleranceSeconds !== undefined && !(clockToleranceSeconds >= 0)) {
    throw new TypeError('clockToleranceSeconds must be a number of seconds, 0 or more');
  }
  const profile = profileName === undefined ? undefined : profiles[profileName];
  return {
    issuers: toList(expectations.issuer) ?? profile?.issuers ?? none,
    audiences: toList(expectations.audience) ?? none,
    subject: expectations.subject,
    algorithms: toList(expectations.algorithms) ?? profile?.algorithms,
    toleranceSeconds: clockToleranceSeconds ?? profile?.clockToleranceSeconds ?? 0,
    at: at ?? Math.floor(Date.now() / 1000),
    profile,
    profileName,
  };
}

function toList(value: string | readonly string[] | undefined): readonly string[] | undefined {
  if (value === undefined) return undefined;
  const list = typeof value === 'string' ? [value] : value;
  return list.length === 0 ? undefined : list;
}
