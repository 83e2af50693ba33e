import { createPublicKey, verify } from 'node:crypto';
import { applicationDefault, deleteApp, initializeApp } from 'firebase-admin/app';
import { getAuth } from 'firebase-admin/auth';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import nock from 'nock';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { accountPath, emailOf, get } from '../../support/emulator-client.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
  for (const [name, value] of Object.entries(emulator.env('countersign'))) vi.stubEnv(name, value);
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await emulator.stop();
});

/** firebase-admin calls IAM at its fixed host, for which it has no setting: what it sends there is passed on. */
function relaySignBlob(): void {
  const path = accountPath('signer', 'signBlob');
  nock('https://iamcredentials.googleapis.com')
    .post(path)
    .reply(async (request: Request) => {
      const authorization = request.headers.get('authorization') ?? '';
      const init = { method: 'POST', headers: { authorization }, body: await request.text() };
      const response = await fetch(emulator.origin + path, init);
      return [response.status, await response.text(), { 'content-type': 'application/json' }];
    });
}

describe('firebase-admin', () => {
  it('makes a custom token with its IAM signer', async () => {
    relaySignBlob();
    const app = initializeApp({ credential: applicationDefault(), serviceAccountId: emailOf('signer') });
    const token = await getAuth(app).createCustomToken('alice', { team: 'blue' });
    await deleteApp(app);

    // It signs with signBlob and puts no kid into the header.
    expect(decodeProtectedHeader(token)).toEqual({ alg: 'RS256', typ: 'JWT' });
    expect(decodeJwt(token)).toMatchObject({
      iss: emailOf('signer'),
      uid: 'alice',
      claims: { team: 'blue' },
    });
    const [header, payload, signature = ''] = token.split('.');
    const { body } = await get(emulator, `/service_accounts/v1/jwk/${emailOf('signer')}`);
    const verified = body.keys.map((key: JsonWebKey) =>
      verify(
        'sha256',
        Buffer.from(`${header}.${payload}`),
        createPublicKey({ key: { ...key }, format: 'jwk' }),
        Buffer.from(signature, 'base64url'),
      ),
    );
    expect(verified).toContain(true);
  });
});
