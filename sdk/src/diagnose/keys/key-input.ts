import { encodeBase64Url, isJsonObject } from '../base64url.ts';
import { publicKeyOfCertificate, wrapRsaPublicKey } from './der.ts';
import type { Jwk, JwkSet } from './jwk.ts';
import { keyMaterial } from './key-material.ts';

/**
 * A key as people have it: JWK, JWK Set, PEM or certificate text, Google's map of `kid` to PEM, HMAC secret,
 * or a key object of WebCrypto (extractable) or Node.
 */
export type KeyInput =
  | Jwk
  | JwkSet
  | string
  | Uint8Array
  | WebCryptoKey
  | NodeKeyObject
  | Readonly<Record<string, string>>;

/** A CryptoKey as far as the types of every platform agree on it. */
interface WebCryptoKey {
  /** `public`, `private` or `secret`. */
  readonly type: string;
  /** Has to be true: its JWK is what is looked at. */
  readonly extractable: boolean;
  /** What it was imported for. */
  readonly algorithm: object;
}

/** What is needed of Node's KeyObject, without its types. */
interface NodeKeyObject {
  /** Gives the key as a JWK. */
  export(options: { format: 'jwk' }): object;
}

/** Why no keys could be had; the reason names the text that says so. */
export class KeysUnavailable extends Error {
  /** Such as `none_given`; jwks_unavailable has it as the finding's reason. */
  readonly reason: string;
  /** For a JWKS finder of your own. */
  constructor(reason: string, options?: ErrorOptions) {
    super(`no keys: ${reason}`, options);
    this.name = 'KeysUnavailable';
    this.reason = reason;
  }
}

const pemBlock = /-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\s]+)-----END \1-----/;

/** The keys in an input of any of its forms. Throws KeysUnavailable where there is none to verify with. */
export async function readKeys(input: KeyInput): Promise<readonly Jwk[]> {
  if (input instanceof Uint8Array) return [secretKey(input)];
  if (typeof input === 'string') return readKeyText(input);
  if (isJwkSet(input)) return input.keys;
  if (input instanceof CryptoKey || isNodeKeyObject(input)) return [await readKeyObject(input)];
  if (isJsonObject(input) && typeof input.kty === 'string') return [input as Jwk];
  const pems = isJsonObject(input) ? Object.entries(input) : [];
  if (pems.length === 0 || !pems.every(([, pem]) => typeof pem === 'string' && pem.includes('-----BEGIN '))) {
    throw new KeysUnavailable(isJsonObject(input) && 'private_key' in input ? 'private_key' : 'not_a_key');
  }
  return Promise.all(pems.map(async ([kid, pem]) => ({ ...(await readPem(String(pem))), kid })));
}

function isNodeKeyObject(input: object): input is NodeKeyObject {
  return 'export' in input && typeof input.export === 'function';
}

/** JWKs by key object, so that the key is imported once however often it is handed in. */
const readKeyObjects = new WeakMap<object, Jwk>();

async function readKeyObject(key: CryptoKey | NodeKeyObject): Promise<Jwk> {
  const known = readKeyObjects.get(key);
  if (known !== undefined) return known;
  try {
    const exported =
      key instanceof CryptoKey ? await crypto.subtle.exportKey('jwk', key) : key.export({ format: 'jwk' });
    const jwk = keyMaterial(exported as Jwk);
    readKeyObjects.set(key, jwk);
    return jwk;
  } catch (cause) {
    throw new KeysUnavailable('not_a_key', { cause });
  }
}

export function isJwkSet(value: unknown): value is JwkSet {
  return isJsonObject(value) && Array.isArray(value.keys) && value.keys.every(isJsonObject);
}

async function readKeyText(text: string): Promise<readonly Jwk[]> {
  const trimmed = text.trim();
  if (trimmed.includes('-----BEGIN ')) return [await readPem(trimmed)];
  if (trimmed.startsWith('{')) {
    let json: unknown;
    try {
      json = JSON.parse(trimmed);
    } catch (cause) {
      throw new KeysUnavailable('not_json', { cause });
    }
    if (isJsonObject(json)) return readKeys(json as Readonly<Record<string, string>>);
  }
  if (trimmed === '') throw new KeysUnavailable('empty');
  return [secretKey(new TextEncoder().encode(text))];
}

function secretKey(bytes: Uint8Array): Jwk {
  return { kty: 'oct', k: encodeBase64Url(bytes) };
}

/** Object identifiers in subjectPublicKeyInfo, as hex, and what WebCrypto needs to import such a key. */
const keyAlgorithms: readonly (readonly [
  string,
  RsaHashedImportParams | EcKeyImportParams | { name: string },
])[] = [
  ['2a864886f70d010101', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }],
  ['2a8648ce3d030107', { name: 'ECDSA', namedCurve: 'P-256' }],
  ['2b81040022', { name: 'ECDSA', namedCurve: 'P-384' }],
  ['2b81040023', { name: 'ECDSA', namedCurve: 'P-521' }],
  ['2b6570', { name: 'Ed25519' }],
];

/** Public keys by their PEM: reading one costs more than verifying with it. */
const readPems = new Map<string, Jwk>();
const keptPems = 64;

async function readPem(text: string): Promise<Jwk> {
  const known = readPems.get(text);
  if (known !== undefined) return known;
  const jwk = await parsePem(text);
  if (readPems.size >= keptPems) readPems.clear();
  readPems.set(text, jwk);
  return jwk;
}

async function parsePem(text: string): Promise<Jwk> {
  const block = pemBlock.exec(text);
  const label = block?.[1] ?? '';
  if (label.endsWith('PRIVATE KEY')) throw new KeysUnavailable('private_key');
  try {
    const bytes = Uint8Array.from(atob((block?.[2] ?? '').replaceAll(/\s/g, '')), (c) => c.charCodeAt(0));
    const spki =
      label === 'CERTIFICATE'
        ? publicKeyOfCertificate(bytes)
        : label === 'RSA PUBLIC KEY'
          ? wrapRsaPublicKey(bytes)
          : bytes;
    const hex = Array.from(spki?.subarray(0, 40) ?? [], (byte) => byte.toString(16).padStart(2, '0')).join(
      '',
    );
    const algorithm = keyAlgorithms.find(([identifier]) => hex.includes(identifier))?.[1];
    if (!spki || !algorithm) throw new TypeError('a kind of key that JWS does not use');
    const key = await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']);
    return keyMaterial((await crypto.subtle.exportKey('jwk', key)) as Jwk);
  } catch (cause) {
    throw new KeysUnavailable('bad_pem', { cause });
  }
}
