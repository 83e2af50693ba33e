import { algorithms, fits } from './algorithms.ts';
import type { Jwk } from './jwk.ts';
import { keyMaterial } from './key-material.ts';

/** Imported keys by JWK and algorithm: importing costs more than verifying. */
const imported = new WeakMap<Jwk, Map<string, CryptoKey>>();
const utf8 = new TextEncoder();

/** Whether `signature` is that of `signingInput` under the key and the algorithm; false where they don't fit. */
export async function verifySignature(
  alg: string,
  jwk: Jwk,
  signature: Uint8Array<ArrayBuffer>,
  signingInput: string,
): Promise<boolean> {
  const algorithm = algorithms.get(alg);
  if (algorithm === undefined || !fits(jwk, alg)) return false;
  try {
    const key = imported.get(jwk)?.get(alg) ?? (await importKey(alg, jwk));
    return await crypto.subtle.verify(algorithm.verify, key, signature, utf8.encode(signingInput));
  } catch {
    // A JWK that is not what it says, or a curve that this platform lacks: it verifies nothing.
    return false;
  }
}

async function importKey(alg: string, jwk: Jwk): Promise<CryptoKey> {
  const bare = keyMaterial(jwk);
  const key = await crypto.subtle.importKey('jwk', bare, algorithms.get(alg)?.import ?? alg, false, [
    'verify',
  ]);
  const keys = imported.get(jwk) ?? new Map<string, CryptoKey>();
  imported.set(jwk, keys.set(alg, key));
  return key;
}
