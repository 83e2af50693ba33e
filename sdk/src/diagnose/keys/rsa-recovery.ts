import { decodeBase64Url } from '../base64url.ts';
import type { Jwk } from './jwk.ts';

/** DigestInfo of PKCS #1 v1.5 up to the digest (RFC 8017 section 9.2), as hex, by JWS algorithm. */
const digestInfos = [
  ['RS256', '3031300d060960864801650304020105000420'],
  ['RS384', '3041300d060960864801650304020205000430'],
  ['RS512', '3051300d060960864801650304020305000440'],
] as const;

const modulusLimit = 1024;

/**
 * Opens an RSA signature with a public key and tells the algorithm it was made with, or undefined where this key
 * did not make it. That separates "another key" from "the right key, but the content changed afterwards", which
 * a verification alone can't.
 */
export function recoverRsaAlgorithm(jwk: Jwk, signature: Uint8Array): string | undefined {
  const modulus = decodeBase64Url(jwk.n ?? '');
  const exponent = decodeBase64Url(jwk.e ?? '');
  if (!modulus || !exponent || modulus.length !== signature.length || modulus.length > modulusLimit) {
    return undefined;
  }
  if (exponent.length > 4) return undefined;
  const opened = power(toBigInt(signature), toBigInt(exponent), toBigInt(modulus))
    .toString(16)
    .padStart(modulus.length * 2, '0');
  if (!opened.startsWith('0001ffffffff')) return undefined;
  const content = /^0001(?:ff)+00/.exec(opened)?.[0].length ?? 0;
  return digestInfos.find(([, prefix]) => opened.startsWith(prefix, content))?.[0];
}

function toBigInt(bytes: Uint8Array): bigint {
  let hex = '0x0';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return BigInt(hex);
}

function power(base: bigint, exponent: bigint, modulus: bigint): bigint {
  if (modulus === 0n) return 0n;
  let result = 1n;
  let square = base % modulus;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % modulus;
    square = (square * square) % modulus;
  }
  return result;
}
