import type { ProfileName } from '../contract/generated/types.ts';
import { profileOf } from './profiles.ts';

/** The registered claim names (RFC 7519 section 4.1), which rules of their own decide about. */
export const registeredClaims: ReadonlySet<string> = new Set([
  'iss',
  'sub',
  'aud',
  'exp',
  'nbf',
  'iat',
  'jti',
]);

/** The private claims among those asked for: all but the registered ones and what the profile fills. */
export function privateClaimsOf(
  claims: Record<string, unknown>,
  profile: ProfileName,
): Record<string, unknown> {
  const { fills } = profileOf(profile);
  const names = Object.keys(claims).filter(
    (name) => !registeredClaims.has(name) && !Object.hasOwn(fills, name),
  );
  return Object.fromEntries(names.map((name) => [name, claims[name]]));
}
