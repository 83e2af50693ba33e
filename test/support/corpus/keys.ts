import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** The signer's JWK Set has `rsa-a` and `rsa-b`, or `ec-a` and `ec-b`; `rsa-out` and `ec-out` are in none. */
const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
const ec = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

const keys = {
  'rsa-a': rsa(),
  'rsa-b': rsa(),
  'rsa-out': rsa(),
  'ec-a': ec(),
  'ec-b': ec(),
  'ec-out': ec(),
} satisfies Record<string, KeyObject>;

export type KeyName = keyof typeof keys;

export function privateKey(name: KeyName): KeyObject {
  return keys[name];
}

export function publicPem(name: KeyName): string {
  return createPublicKey(keys[name]).export({ type: 'spki', format: 'pem' }).toString();
}

export function publicJwk(name: KeyName): JsonWebKey & { kid: string } {
  return { ...(createPublicKey(keys[name]).export({ format: 'jwk' }) as JsonWebKey), kid: name };
}

export const rsaJwks = { keys: [publicJwk('rsa-a'), publicJwk('rsa-b')] };
export const ecJwks = { keys: [publicJwk('ec-a'), publicJwk('ec-b')] };
