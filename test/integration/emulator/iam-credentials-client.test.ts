import { IAMCredentialsClient } from '@google-cloud/iam-credentials';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { emailOf } from '../../support/emulator-client.ts';

let emulator: Emulator;
let client: IAMCredentialsClient;

const name = `projects/-/serviceAccounts/${emailOf('signer')}`;

// The client's default transport is gRPC, which this emulator does not speak; `fallback` is the same client over REST.
beforeAll(async () => {
  emulator = await startEmulator();
  for (const [key, value] of Object.entries(emulator.env('countersign'))) vi.stubEnv(key, value);
  const members = [`serviceAccount:${emailOf('countersign')}`];
  emulator.setBindings({
    [`projects/countersign-local/serviceAccounts/${emailOf('signer')}`]: [
      { role: 'roles/iam.serviceAccountTokenCreator', members },
    ],
  });
  const options = {
    fallback: true,
    protocol: 'http',
    apiEndpoint: '127.0.0.1',
    port: emulator.ports.countersign,
  };
  client = new IAMCredentialsClient(options);
});

afterAll(async () => {
  await client.close();
  vi.unstubAllEnvs();
  await emulator.stop();
});

describe('IAMCredentialsClient over REST', () => {
  it('signs a JWT', async () => {
    const payload = JSON.stringify({ aud: 'https://reports.example.com' });
    const [{ signedJwt, keyId }] = await client.signJwt({ name, payload });
    expect(decodeJwt(signedJwt ?? '')).toEqual({ aud: 'https://reports.example.com' });
    expect(keyId).toMatch(/^emulator-/);
  });

  it('signs bytes', async () => {
    const [{ signedBlob, keyId }] = await client.signBlob({ name, payload: Buffer.from([0, 255, 128]) });
    expect(Buffer.from(signedBlob as Uint8Array)).toHaveLength(256);
    expect(keyId).toMatch(/^emulator-/);
  });

  it('generates an ID token', async () => {
    const [{ token }] = await client.generateIdToken({ name, audience: 'a', includeEmail: true });
    expect(decodeJwt(token ?? '')).toMatchObject({ aud: 'a', email: emailOf('signer') });
  });

  it('generates an access token with a lifetime', async () => {
    const scope = ['https://www.googleapis.com/auth/cloud-platform'];
    const [{ accessToken, expireTime }] = await client.generateAccessToken({
      name,
      scope,
      lifetime: { seconds: 600 },
    });
    expect(accessToken).toMatch(/^ya29\.emulator-/);
    const seconds = Number(expireTime?.seconds) - Date.now() / 1000;
    expect(seconds).toBeGreaterThan(590);
    expect(seconds).toBeLessThanOrEqual(600);
  });

  // Over REST its transport throws what it read, before the client can make an error of its own of it.
  it('hands on status and body of an error', async () => {
    const nobody = 'projects/-/serviceAccounts/nobody@example.com';
    await expect(client.signJwt({ name: nobody, payload: '{}' })).rejects.toMatchObject({
      status: 403,
      message: expect.stringContaining('"reason": "IAM_PERMISSION_DENIED"'),
    });
    await expect(client.signJwt({ name, payload: 'not JSON' })).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('"status": "INVALID_ARGUMENT"'),
    });
  });
});
