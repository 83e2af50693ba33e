import type { Jwk } from './jwk.ts';

/**
 * The members of a JWK that verifying takes: without private ones, and without `alg`, `use` and `key_ops`, so
 * that a key can be tried with an algorithm that it is not for.
 */
export function keyMaterial({ kty, n, e, crv, x, y, k }: Jwk): Jwk & JsonWebKey {
  // JSON leaves out what is undefined, which WebCrypto would take for a member.
  return JSON.parse(JSON.stringify({ kty, n, e, crv, x, y, k }));
}
