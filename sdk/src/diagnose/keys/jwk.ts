/** A JSON Web Key (RFC 7517 section 4). */
export interface Jwk {
  kty?: string | undefined;
  kid?: string | undefined;
  alg?: string | undefined;
  use?: string | undefined;
  n?: string | undefined;
  e?: string | undefined;
  crv?: string | undefined;
  x?: string | undefined;
  y?: string | undefined;
  k?: string | undefined;
}

/** A JWK Set (RFC 7517 section 5). */
export interface JwkSet {
  keys: readonly Jwk[];
}

const members = ['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y', 'k'] as const;

/**
 * The JWKs whose members are what RFC 7517 says, as it asks to ignore others; a `null`, as some serialisers write it,
 * is a member that is not there.
 */
export function wellFormedJwks(jwks: readonly Jwk[]): Jwk[] {
  return jwks.flatMap((jwk) => {
    const values: readonly unknown[] = members.map((name) => jwk[name]);
    if (values.every((value) => value === undefined || typeof value === 'string')) return [jwk];
    if (!values.every((value) => value === undefined || value === null || typeof value === 'string'))
      return [];
    return [Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== null)) as Jwk];
  });
}
