import { createRemoteJWKSet, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { CountersignError, TokenClient } from '../../sdk/src/index.ts';
import { type LocalCloud, startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';

const signer = 'signer@countersign-local.iam.gserviceaccount.com';
let cloud: LocalCloud;

beforeAll(async () => {
  cloud = await startLocalCloud({ runsAs: 'signer', output: 'keep' });
  Object.assign(process.env, cloud.envOf('caller'));
});

afterAll(() => cloud?.stop());

test('a function that runs as the signer signs as itself, with the e-mail that Cloud Endpoints reads', async () => {
  const client = new TokenClient({ url: cloud.url });
  const aud = 'https://endpoints.example.com';
  const token = await client.getToken({ aud, profile: 'endpoints' });
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', cloud.url));
  const { payload } = await jwtVerify(token, keys, { audience: aud, issuer: signer, subject: signer });
  expect(payload.email).toBe(signer);
});

test('it can not have Google sign an ID token for itself without the permission, and says which command grants it', async () => {
  const client = new TokenClient({ url: cloud.url });
  const { getIdToken } = await import('../../sdk/src/index.ts');
  const error = await getIdToken(client, 'https://id.example.com').catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(CountersignError);
  expect(error).toMatchObject({
    code: 'signer_permission_missing',
    message: expect.stringContaining('iam.serviceAccounts.getOpenIdToken'),
  });
});
