import { createHash, createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  getIdToken,
  type SignatureResponse,
  signBytes,
  TokenClient,
  verifyBytes,
} from '../../../sdk/src/index.ts';
import { sendJson, startTokenServer, type TokenServer } from '../../support/token-server.ts';

const bytes = new TextEncoder().encode('the document');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const jwk = createPublicKey(privateKey).export({ format: 'jwk' });
const jwks = {
  keys: [
    { ...jwk, kid: 'other', n: 'AQAB' },
    { ...jwk, kid: 'key-1', alg: 'RS256' },
  ],
};

/** What the function signs, by the words of its documentation. */
const envelope = (id: string, content = bytes) =>
  Buffer.from(`countersign-v1\n${id}\n${createHash('sha256').update(content).digest('base64url')}`);
const signedBy = (signed: Buffer | Uint8Array, kid = 'key-1'): SignatureResponse => ({
  signature: sign('sha256', signed, privateKey).toString('base64'),
  kid,
  signed: Buffer.from(signed).toString('base64'),
});

let server: TokenServer;
let client: TokenClient;

beforeEach(async () => {
  server = await startTokenServer();
  client = new TokenClient({ url: server.url, callerToken: async () => 'caller-token' });
});

afterEach(() => server[Symbol.asyncDispose]());

describe('signBytes', () => {
  it('sends the bytes in base64, and gives the signature as it came', async () => {
    const signature = signedBy(envelope('docs'));
    server.reply = (_, response) => sendJson(response, 200, signature);
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(await signBytes(client, all, { serviceAccount: 'signer@x', delegates: ['a@x'] })).toEqual(
      signature,
    );
    expect(server.requests).toMatchObject([
      {
        path: '/v1/signatures',
        headers: { authorization: 'Bearer caller-token' },
        body: { bytes: Buffer.from(all).toString('base64'), serviceAccount: 'signer@x', delegates: ['a@x'] },
      },
    ]);
  });

  it('rejects with invalid_response where no signature came, and with a TypeError for what is no bytes', async () => {
    server.reply = (_, response) => sendJson(response, 200, { signature: 7 });
    await expect(signBytes(client, bytes)).rejects.toMatchObject({ code: 'invalid_response' });
    await expect(signBytes(client, 'text' as never)).rejects.toThrow(TypeError);
    expect(server.requests).toHaveLength(1);
  });
});

describe('verifyBytes', () => {
  it('holds a signature against the bytes, the key set and the binding', async () => {
    const signature = signedBy(envelope('döcs'));
    expect(await verifyBytes(bytes, signature, { jwks })).toBe(true);
    expect(await verifyBytes(bytes, signature, { jwks, binding: 'döcs' })).toBe(true);
    expect(await verifyBytes(bytes, signature, { jwks, binding: 'docs' })).toBe(false);
  });

  it.each<[string, SignatureResponse]>([
    ['other bytes', signedBy(envelope('docs', new Uint8Array([1])))],
    ['the bytes as they are', signedBy(bytes)],
    ['an envelope with a final newline', signedBy(Buffer.concat([envelope('docs'), Buffer.from('\n')]))],
    [
      'an envelope of another version',
      signedBy(Buffer.from(envelope('docs').toString().replace('v1', 'v2'))),
    ],
    ['a key that is not in the set', signedBy(envelope('docs'), 'key-2')],
    ['another key of the set', signedBy(envelope('docs'), 'other')],
    ['other bytes than it says', { ...signedBy(bytes), signed: envelope('docs').toString('base64') }],
    ['nothing', { signature: '', kid: 'key-1', signed: envelope('docs').toString('base64') }],
    ['what is no base64', { signature: '*', kid: 'key-1', signed: '*' }],
  ])('is false for a signature of %s', async (_, signature) => {
    expect(await verifyBytes(bytes, signature, { jwks })).toBe(false);
  });

  it('takes raw bytes only where it is told so', async () => {
    expect(await verifyBytes(bytes, signedBy(bytes), { jwks, raw: true })).toBe(true);
    expect(await verifyBytes(bytes, signedBy(envelope('docs')), { jwks, raw: true })).toBe(false);
  });
});

describe('getIdToken', () => {
  it('asks for an ID token, and keeps it apart from the JWT for the same audience', async () => {
    const aud = 'https://iap.example.com';
    const idToken = await getIdToken(client, aud);
    expect(await getIdToken(client, { aud })).toBe(idToken);
    await getIdToken(client, { aud, includeEmail: false, serviceAccount: 'signer@x' });
    expect(await client.getToken(aud)).not.toBe(idToken);
    expect(server.requests.map(({ path, body }) => [path, body])).toEqual([
      ['/v1/id-tokens', { aud }],
      ['/v1/id-tokens', { aud, includeEmail: false, serviceAccount: 'signer@x' }],
      ['/v1/tokens', { claims: { aud } }],
    ]);
  });
});
