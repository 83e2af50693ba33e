/** A JSON Web Key (RFC 7517 section 4). */
export interface Jwk {
  /** Key type: `RSA`, `EC`, `OKP` or `oct`. */
  kty?: string | undefined;
  /** Key ID, which a token's header names. */
  kid?: string | undefined;
  /** The algorithm that the key is for, such as `RS256`. */
  alg?: string | undefined;
  /** What the key is for: `sig` or `enc`. */
  use?: string | undefined;
  /** An RSA key's modulus. */
  n?: string | undefined;
  /** An RSA key's exponent. */
  e?: string | undefined;
  /** An elliptic key's curve. */
  crv?: string | undefined;
  /** An elliptic key's coordinate. */
  x?: string | undefined;
  /** An elliptic key's coordinate. */
  y?: string | undefined;
  /** An HMAC secret. */
  k?: string | undefined;
}

/** A JWK Set (RFC 7517 section 5). */
export interface JwkSet {
  /** In any order. */
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
