import { invalidArgument } from '../http/api-error.ts';

const maxLifeSeconds = 12 * 3600;

/**
 * Holds a JWT Claims Set against what signJwt demands: a JSON object whose `exp`, if there is one, is "an integer
 * timestamp that is not in the past and no more than 12 hours in the future". An `exp` that is left out is not added.
 *
 * Whether Google refuses `iat` and `nbf` that are no integers is not documented; verifiers stumble over them, so we
 * refuse them. Throws INVALID_ARGUMENT, of which only the general text is known.
 */
export function parseClaims(payload: string, nowMs: number): Readonly<Record<string, unknown>> {
  const claims = parseObject(payload);
  for (const name of ['iat', 'nbf', 'exp']) {
    if (Object.hasOwn(claims, name) && !Number.isInteger(claims[name])) throw invalidArgument();
  }
  const { exp } = claims;
  if (typeof exp === 'number' && (exp * 1000 < nowMs || exp * 1000 > nowMs + maxLifeSeconds * 1000)) {
    throw invalidArgument();
  }
  return claims;
}

function parseObject(payload: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(payload);
  } catch {
    throw invalidArgument();
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalidArgument();
  return value as Record<string, unknown>;
}
