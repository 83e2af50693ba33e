import { generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';

const generateKeyPairAsync = promisify(generateKeyPair);

/** By this prefix of their `kid` everyone can tell the emulator's worthless keys from Google's. */
const kidPrefix = 'emulator-';

/** "Used for signing for a maximum of two weeks" (google/iam/admin/v1/iam.proto, ServiceAccountKey). */
const maxUseSeconds = 14 * 24 * 3600;

/**
 * "The key used for signing will remain valid for at least 12 hours after the JWT is signed" (signJwt reference);
 * the 6 hours of iam.proto lie within them.
 */
const publishedAfterUseSeconds = 12 * 3600;

export interface KeyPair {
  readonly publicKey: KeyObject;
  readonly privateKey: KeyObject;
}

/** When a key is published and used, as NumericDates. */
export interface KeyTimes {
  readonly publishedAt: number;
  readonly signsFrom: number;
}

/**
 * One RS256 key and its times. The key pair is made once, on first need and off the main thread, so that a key
 * which nobody asks for costs nothing. Its times are state: a rotation moves the times at which it begins and ends to sign.
 */
export class SigningKey {
  readonly kid = kidPrefix + randomBytes(20).toString('hex');
  publishedAt: number;
  signsFrom: number;
  signsUntil: number;
  #pair: Promise<KeyPair> | undefined;

  constructor({ publishedAt, signsFrom }: KeyTimes) {
    this.publishedAt = publishedAt;
    this.signsFrom = signsFrom;
    this.signsUntil = signsFrom + maxUseSeconds;
  }

  get removedAt(): number {
    return this.signsUntil + publishedAfterUseSeconds;
  }

  pair(): Promise<KeyPair> {
    this.#pair ??= generateKeyPairAsync('rsa', { modulusLength: 2048 });
    return this.#pair;
  }

  /** RSASSA-PKCS1-v1_5 with SHA-256, in the thread pool, so that signatures use every core. */
  async sign(bytes: Uint8Array): Promise<Buffer> {
    const { privateKey } = await this.pair();
    return new Promise((resolve, reject) => {
      sign('sha256', bytes, privateKey, (error, signature) => (error ? reject(error) : resolve(signature)));
    });
  }

  /** A JWS in compact form over the payload as it is. Its header is not the caller's to choose. */
  async signJwt(payload: string): Promise<string> {
    const header = JSON.stringify({ alg: 'RS256', kid: this.kid, typ: 'JWT' });
    const input = `${base64url(header)}.${base64url(payload)}`;
    return `${input}.${(await this.sign(Buffer.from(input))).toString('base64url')}`;
  }
}

function base64url(text: string): string {
  return Buffer.from(text).toString('base64url');
}
