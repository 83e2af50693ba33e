import { decodeBase64, encodeBase64, encodeBase64Url } from './base64.ts';
import type { Jwk, SignatureResponse } from './generated/types.ts';

/** What a signature must be by. */
export interface VerifyBytesOptions {
  /** The signer's public keys, as `GET /v1/keys/{serviceAccount}` of the service or Google's own endpoint gives them. */
  jwks: { readonly keys: readonly object[] };
  /** ID of the binding that must have allowed the signature; any where left out. */
  binding?: string | undefined;
  /** Whether the bytes were signed as they are; false where left out. */
  raw?: boolean | undefined;
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/**
 * Whether the signature of signBytes is one of these bytes, by a key of the set. Needs no network, and answers false
 * to whatever is no signature.
 */
export async function verifyBytes(
  bytes: Uint8Array,
  { signature, kid, signed }: SignatureResponse,
  { jwks, binding, raw = false }: VerifyBytesOptions,
): Promise<boolean> {
  const jwk = (jwks.keys as readonly Jwk[]).find((key) => key.kid === kid);
  if (!jwk) return false;
  // The algorithm is ours, not the key's to choose (RFC 8725 section 3.1).
  const { kty, n, e } = jwk as JsonWebKey;
  try {
    if (!(await isSignedFor(bytes, signed, raw, binding))) return false;
    const key = await crypto.subtle.importKey('jwk', { kty, n, e } as JsonWebKey, algorithm, false, [
      'verify',
    ]);
    return await crypto.subtle.verify(algorithm, key, decodeBase64(signature), decodeBase64(signed));
  } catch {
    return false;
  }
}

/** `countersign-v1`, the binding's id and the digest of the bytes, a line each; or the bytes themselves. */
async function isSignedFor(bytes: Uint8Array, signed: string, raw: boolean, binding: string | undefined) {
  if (raw) return signed === encodeBase64(bytes);
  const digest = await crypto.subtle.digest('SHA-256', new Uint8Array(bytes));
  const [version, id, hash, ...rest] = atob(signed).split('\n');
  const isOurs =
    version === 'countersign-v1' && hash === encodeBase64Url(new Uint8Array(digest)) && !rest.length;
  return isOurs && (binding === undefined || encodeUtf8(binding) === id);
}

/** Each byte of the text's UTF-8 as one character, as atob gives them. */
function encodeUtf8(text: string): string {
  return Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('');
}
