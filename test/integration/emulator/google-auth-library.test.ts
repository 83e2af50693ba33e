import { createPublicKey, verify } from 'node:crypto';
import { type Compute, GoogleAuth, Impersonated, OAuth2Client } from 'google-auth-library';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { emailOf, get } from '../../support/emulator-client.ts';

let emulator: Emulator;
let auth: GoogleAuth;

const signerResource = `projects/countersign-local/serviceAccounts/${emailOf('signer')}`;
const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform';

beforeAll(async () => {
  emulator = await startEmulator();
  for (const [name, value] of Object.entries(emulator.env('countersign'))) vi.stubEnv(name, value);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', '');
  emulator.setBindings({
    [signerResource]: [
      {
        role: 'roles/iam.serviceAccountTokenCreator',
        members: [`serviceAccount:${emailOf('countersign')}`, `serviceAccount:${emailOf('caller')}`],
      },
    ],
  });
  auth = new GoogleAuth({ scopes: [cloudPlatform] });
});

afterAll(async () => {
  vi.unstubAllEnvs();
  await emulator.stop();
});

async function impersonate(): Promise<Impersonated> {
  // The constructor warns of configurations from untrusted sources each time.
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => undefined);
  const client = new Impersonated({
    sourceClient: (await auth.getClient()) as Compute,
    targetPrincipal: emailOf('signer'),
    targetScopes: [cloudPlatform],
    lifetime: 600,
    delegates: [],
    endpoint: emulator.origin,
  });
  warn.mockRestore();
  return client;
}

/** A client of Google's token end points, each of them at the emulator. */
function tokenClient(): OAuth2Client {
  return new OAuth2Client({
    endpoints: {
      oauth2FederatedSignonPemCertsUrl: `${emulator.origin}/oauth2/v1/certs`,
      oauth2FederatedSignonJwkCertsUrl: `${emulator.origin}/oauth2/v3/certs`,
      tokenInfoUrl: `${emulator.origin}/tokeninfo`,
    },
  });
}

async function verifies(data: string, signature: string): Promise<boolean> {
  const { body } = await get(emulator, `/service_accounts/v1/jwk/${emailOf('signer')}`);
  const keys = body.keys.map((key: JsonWebKey) => createPublicKey({ key: { ...key }, format: 'jwk' }));
  const bytes = Buffer.from(signature, 'base64');
  return keys.some((key: ReturnType<typeof createPublicKey>) =>
    verify('sha256', Buffer.from(data), key, bytes),
  );
}

describe('GoogleAuth', () => {
  it('finds its credentials, e-mail, project and universe at the metadata server', async () => {
    expect(await auth.getCredentials()).toMatchObject({ client_email: emailOf('countersign') });
    expect(await auth.getProjectId()).toBe('countersign-local');
    expect(await auth.getUniverseDomain()).toBe('googleapis.com');
    expect(await auth.getAccessToken()).toMatch(/^ya29\.emulator-/);
  });

  it('signs through signBlob as itself where it may', async () => {
    const resource = signerResource.replace('signer@', 'countersign@');
    const members = [`serviceAccount:${emailOf('countersign')}`];
    emulator.setBindings({ [resource]: [{ role: 'roles/iam.serviceAccountTokenCreator', members }] });
    const signature = await auth.sign('bytes', `${emulator.origin}/v1/projects/-/serviceAccounts/`);
    expect(Buffer.from(signature, 'base64')).toHaveLength(256);
    expect(emulator.requests('signBlob').at(-1)).toMatchObject({
      status: 200,
      caller: emailOf('countersign'),
    });
  });

  it('asks for signJwt with a client of its own', async () => {
    const client = await auth.getClient();
    const { data } = await client.request<{ signedJwt: string }>({
      url: `${emulator.origin}/v1/projects/-/serviceAccounts/${emailOf('signer')}:signJwt`,
      method: 'POST',
      data: { payload: JSON.stringify({ aud: 'https://reports.example.com' }) },
    });
    expect(decodeJwt(data.signedJwt)).toEqual({ aud: 'https://reports.example.com' });
  });
});

describe('IdTokenClient and verifyIdToken', () => {
  it('get an ID token for an audience and verify it', async () => {
    const client = await auth.getIdTokenClient('https://reports.example.com');
    const headers = await client.getRequestHeaders();
    const idToken = headers.get('authorization')?.replace('Bearer ', '') ?? '';
    const audience = 'https://reports.example.com';
    const ticket = await tokenClient().verifyIdToken({ idToken, audience });
    expect(ticket.getPayload()).toMatchObject({ email: emailOf('countersign'), email_verified: true });
    const wrong = tokenClient().verifyIdToken({ idToken, audience: 'https://other.example.com' });
    await expect(wrong).rejects.toThrow('Wrong recipient');
  });

  it('tell what an access token is', async () => {
    const token = (await auth.getAccessToken()) ?? '';
    const info = await tokenClient().getTokenInfo(token);
    expect(info.scopes).toEqual([cloudPlatform]);
    expect(info.aud).toBe('100000000000000000001');
    await expect(tokenClient().getTokenInfo('ya29.foreign')).rejects.toThrow('invalid_token');
  });
});

describe('Impersonated', () => {
  it('gets an access token of the account', async () => {
    const client = await impersonate();
    const { token } = await client.getAccessToken();
    expect(token).toMatch(/^ya29\.emulator-/);
    const { body } = await get(emulator, `/tokeninfo?access_token=${token}`);
    expect(body.aud).toBe('100000000000000000005');
    expect(Number(body.expires_in)).toBeLessThanOrEqual(600);
  });

  it('signs bytes', async () => {
    const { signedBlob } = await (await impersonate()).sign('bytes');
    expect(await verifies('bytes', signedBlob)).toBe(true);
  });

  it('gets an ID token, for which it sends the undocumented useEmailAzp', async () => {
    const token = await (await impersonate()).fetchIdToken('https://a.example.com', { includeEmail: true });
    expect(decodeJwt(token)).toMatchObject({
      aud: 'https://a.example.com',
      azp: emailOf('signer'),
      email: emailOf('signer'),
      email_verified: true,
      sub: '100000000000000000005',
    });
    expect(emulator.requests('generateIdToken').at(-1)?.body).toMatchObject({ useEmailAzp: true });
  });

  it('fails as on Google without the permission', async () => {
    emulator.setBindings({ [signerResource]: [] });
    const denied = (await impersonate()).getAccessToken();
    await expect(denied).rejects.toThrow(
      "PERMISSION_DENIED: unable to impersonate: Permission 'iam.serviceAccounts.getAccessToken' denied on resource",
    );
    emulator.reset();
  });

  it('comes through three 503s, as it retries', async () => {
    const members = [`serviceAccount:${emailOf('countersign')}`];
    emulator.setBindings({ [signerResource]: [{ role: 'roles/iam.serviceAccountTokenCreator', members }] });
    emulator.addFault({ api: 'generateAccessToken', status: 503, count: 3 });
    const { token } = await (await impersonate()).getAccessToken();
    expect(token).toMatch(/^ya29\.emulator-/);
    expect(emulator.requests('generateAccessToken').map(({ status }) => status)).toEqual([
      503, 503, 503, 200,
    ]);
  });
});
