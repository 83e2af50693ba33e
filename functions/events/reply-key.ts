import type { JWK } from 'jose';

/** A key that a reply may be encrypted for, and how. */
export interface ReplyKey {
  jwk: JWK;
  alg: 'ECDH-ES+A256KW' | 'RSA-OAEP-256';
  /** RFC 7638, SHA-256. */
  thumbprint: string;
}

/** The members that only a private or a symmetric key has (RFC 7518 sections 6.2.2, 6.3.2, 6.4). */
const secretMembers = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** The key that the JWK holds, or what is wrong with it: public, P-256 or RSA of 2048 to 4096 bits, for encryption. */
export async function parseReplyKey(given: Record<string, unknown>): Promise<ReplyKey | { fault: string }> {
  if (secretMembers.some((name) => Object.hasOwn(given, name))) {
    return { fault: 'a private or symmetric key; it is known now to all who read the topic: replace it' };
  }
  const { kty, crv, x, y, n, e } = given;
  const alg = kty === 'EC' ? 'ECDH-ES+A256KW' : 'RSA-OAEP-256';
  if (given.use !== undefined && given.use !== 'enc') return { fault: 'a key for another use than enc' };
  if (given.alg !== undefined && given.alg !== alg) return { fault: `a key for another alg than ${alg}` };
  const jwk = kty === 'EC' ? { kty, crv, x, y } : { kty, n, e };
  if (kty === 'EC' && crv !== 'P-256') return { fault: 'a curve that is not P-256' };
  if (kty !== 'EC' && kty !== 'RSA') return { fault: 'a key that is neither EC nor RSA' };
  if (Object.values(jwk).some((value) => typeof value !== 'string' || !/^[\w-]+$/.test(value))) {
    return { fault: 'a member that is missing or no base64url' };
  }
  if (kty === 'RSA') {
    const bits = bitsOf(String(n));
    if (bits < 2048 || bits > 4096) return { fault: `an RSA key of ${bits} bits` };
    if (e !== 'AQAB') return { fault: 'an RSA exponent that is not 65537' };
  }
  const { calculateJwkThumbprint, importJWK } = await import('./jose-encrypt.ts');
  try {
    await importJWK(jwk as JWK, alg);
    return { jwk: jwk as JWK, alg, thumbprint: await calculateJwkThumbprint(jwk as JWK) };
  } catch {
    return { fault: 'a key that can not be read, such as a point that is not on the curve' };
  }
}

function bitsOf(n: string): number {
  return BigInt(`0x0${Buffer.from(n, 'base64url').toString('hex')}`).toString(2).length;
}
