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
