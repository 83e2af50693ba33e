import type { SigningKey } from '../cloud/signing-key.ts';
import { selfSignedCertificate } from './certificate.ts';

/** A JWK Set (RFC 7517), as Google writes its members. */
export async function toJwkSet(keys: readonly SigningKey[]): Promise<unknown> {
  return {
    keys: await Promise.all(
      keys.map(async (key) => {
        const { n, e } = (await key.pair()).publicKey.export({ format: 'jwk' });
        return { kty: 'RSA', alg: 'RS256', use: 'sig', kid: key.kid, n, e };
      }),
    ),
  };
}

/** Google's map from `kid` to an X.509 certificate in PEM. */
export async function toCertificates(keys: readonly SigningKey[], commonName: string): Promise<unknown> {
  const entries = keys.map(async (key) => [key.kid, await certificateOf(key, commonName)] as const);
  return Object.fromEntries(await Promise.all(entries));
}

/**
 * Google's `raw` form: `keyvalues` with the modulus as the bytes of a signed big integer, in standard base64, as
 * stored answers of this endpoint show it.
 */
export async function toRaw(keys: readonly SigningKey[]): Promise<unknown> {
  return {
    keyvalues: await Promise.all(
      keys.map(async (key) => {
        const { n = '', e = '' } = (await key.pair()).publicKey.export({ format: 'jwk' });
        return { algorithm: 'RSA', modulus: toSignedBase64(n), exponent: toSignedBase64(e), keyid: key.kid };
      }),
    ),
  };
}

interface KnownCertificate {
  readonly publishedAt: number;
  readonly pem: Promise<string>;
}

const certificates = new WeakMap<SigningKey, KnownCertificate>();

/** A key's certificate is made once for its time, so that every answer shows the same one. */
function certificateOf(key: SigningKey, commonName: string): Promise<string> {
  let known = certificates.get(key);
  if (known?.publishedAt !== key.publishedAt) {
    known = { publishedAt: key.publishedAt, pem: selfSignedCertificate(key, commonName) };
    certificates.set(key, known);
  }
  return known.pem;
}

function toSignedBase64(base64url: string): string {
  const bytes = Buffer.from(base64url, 'base64url');
  const signed = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.of(0), bytes]) : bytes;
  return signed.toString('base64');
}
