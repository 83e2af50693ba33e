import type { Jwk } from './jwk.ts';

interface Algorithm {
  kty: 'RSA' | 'EC' | 'OKP' | 'oct';
  import: RsaHashedImportParams | EcKeyImportParams | HmacImportParams | { name: string };
  verify: AlgorithmIdentifier | RsaPssParams | EcdsaParams;
  /** Bytes of a coordinate, for ECDSA (RFC 7518 section 3.4). */
  coordinateSize?: number;
}

const rsa = (hash: string): Algorithm => ({
  kty: 'RSA',
  import: { name: 'RSASSA-PKCS1-v1_5', hash },
  verify: { name: 'RSASSA-PKCS1-v1_5' },
});
const pss = (hash: string, saltLength: number): Algorithm => ({
  kty: 'RSA',
  import: { name: 'RSA-PSS', hash },
  verify: { name: 'RSA-PSS', saltLength },
});
const ecdsa = (hash: string, namedCurve: string, coordinateSize: number): Algorithm => ({
  kty: 'EC',
  import: { name: 'ECDSA', namedCurve },
  verify: { name: 'ECDSA', hash },
  coordinateSize,
});
const hmac = (hash: string): Algorithm => ({
  kty: 'oct',
  import: { name: 'HMAC', hash },
  verify: { name: 'HMAC' },
});
const ed25519: Algorithm = { kty: 'OKP', import: { name: 'Ed25519' }, verify: { name: 'Ed25519' } };

/** The JWS algorithms that can be verified (RFC 7518 section 3.1, RFC 8037, RFC 9864). */
export const algorithms: ReadonlyMap<string, Algorithm> = new Map([
  ['RS256', rsa('SHA-256')],
  ['RS384', rsa('SHA-384')],
  ['RS512', rsa('SHA-512')],
  ['PS256', pss('SHA-256', 32)],
  ['PS384', pss('SHA-384', 48)],
  ['PS512', pss('SHA-512', 64)],
  ['ES256', ecdsa('SHA-256', 'P-256', 32)],
  ['ES384', ecdsa('SHA-384', 'P-384', 48)],
  ['ES512', ecdsa('SHA-512', 'P-521', 66)],
  ['EdDSA', ed25519],
  ['Ed25519', ed25519],
  ['HS256', hmac('SHA-256')],
  ['HS384', hmac('SHA-384')],
  ['HS512', hmac('SHA-512')],
]);

const curves: Readonly<Record<string, string>> = {
  'P-256': 'ES256',
  'P-384': 'ES384',
  'P-521': 'ES512',
};

/** The algorithms that a key can verify: what its `alg` says, else what its type and curve allow. */
export function algorithmsOf(jwk: Jwk): readonly string[] {
  if (typeof jwk.alg === 'string') return [jwk.alg];
  if (jwk.kty === 'EC') return [curves[jwk.crv ?? ''] ?? 'ES256'];
  return [...algorithms].filter(([, algorithm]) => algorithm.kty === jwk.kty).map(([name]) => name);
}

/** Whether the key's type and curve are those of the algorithm, whatever its `alg` says. */
export function fits(jwk: Jwk, name: string): boolean {
  const algorithm = algorithms.get(name);
  if (algorithm === undefined || algorithm.kty !== jwk.kty) return false;
  return jwk.kty !== 'EC' || curves[jwk.crv ?? ''] === name;
}
