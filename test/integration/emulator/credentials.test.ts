import { createPublicKey, verify } from 'node:crypto';
import { decodeJwt } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, type Identity, startEmulator } from '../../../emulator/emulator.ts';
import { accountPath, emailOf, get, post } from '../../support/emulator-client.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

beforeEach(() => emulator.reset());

afterAll(() => emulator.stop());

const tokenCreator = 'roles/iam.serviceAccountTokenCreator';
const cloudPlatform = 'https://www.googleapis.com/auth/cloud-platform';

function grant(role: string, member: Identity, on: Identity): void {
  const resource = `projects/countersign-local/serviceAccounts/${emailOf(on)}`;
  emulator.setBindings({ [resource]: [{ role, members: [`serviceAccount:${emailOf(member)}`] }] });
}

const call = (identity: Identity, target: Identity, method: string, body: unknown) =>
  post(emulator, identity, accountPath(target, method), body);

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('signBlob', () => {
  it('answers the signature of the bytes, and not the bytes', async () => {
    const { status, body } = await call('countersign', 'signer', 'signBlob', { payload: base64('bytes') });
    expect([status, Object.keys(body)]).toEqual([200, ['keyId', 'signedBlob']]);
    const { body: set } = await get(emulator, `/service_accounts/v1/jwk/${emailOf('signer')}`);
    const jwk = set.keys.find(({ kid }: { kid: string }) => kid === body.keyId);
    const signature = Buffer.from(body.signedBlob, 'base64');
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    expect(verify('sha256', Buffer.from('bytes'), key, signature)).toBe(true);
  });

  it.each([{}, { payload: '' }, { payload: '%%%' }, { payload: 'abcde' }, { payload: 5 }])(
    'refuses %j',
    async (body) => {
      const { status, body: answer } = await call('countersign', 'signer', 'signBlob', body);
      expect([status, answer.error.status]).toEqual([400, 'INVALID_ARGUMENT']);
    },
  );
});

describe('generateIdToken', () => {
  it('answers a Google ID token of an hour', async () => {
    const { body } = await call('countersign', 'signer', 'generateIdToken', {
      audience: 'https://a.example.com',
    });
    const { iat = 0, ...claims } = decodeJwt(body.token);
    const uniqueId = '100000000000000000005';
    const iss = 'https://accounts.google.com';
    expect(claims).toEqual({
      aud: 'https://a.example.com',
      azp: uniqueId,
      sub: uniqueId,
      iss,
      exp: iat + 3600,
    });
    const { body: info } = await get(emulator, `/tokeninfo?id_token=${body.token}`);
    expect(info).toMatchObject({ sub: uniqueId, exp: String(iat + 3600), alg: 'RS256' });
  });

  it.each([
    ['includeEmail', { email: emailOf('signer'), email_verified: true, azp: '100000000000000000005' }],
    ['organizationNumberIncluded', { google: { organization_number: null } }],
    ['useEmailAzp', { azp: emailOf('signer') }],
  ])('adds what %s asks for', async (option, claims) => {
    const { body } = await call('countersign', 'signer', 'generateIdToken', {
      audience: 'a',
      [option]: true,
    });
    expect(decodeJwt(body.token)).toMatchObject(claims);
  });

  it('needs an audience', async () => {
    const { status } = await call('countersign', 'signer', 'generateIdToken', { includeEmail: true });
    expect(status).toBe(400);
  });
});

describe('generateAccessToken', () => {
  beforeEach(() => grant(tokenCreator, 'countersign', 'signer'));

  it('answers a token that the other methods take', async () => {
    emulator.setClock({ time: '2026-06-01T12:00:00Z', frozen: true });
    const { body } = await call('countersign', 'signer', 'generateAccessToken', { scope: [cloudPlatform] });
    expect(body.expireTime).toBe('2026-06-01T13:00:00Z');
    const { body: info } = await get(emulator, `/tokeninfo?access_token=${body.accessToken}`);
    expect(info).toMatchObject({ aud: '100000000000000000005', scope: cloudPlatform, expires_in: '3600' });
  });

  it.each([
    ['600s', '2026-06-01T12:10:00Z'],
    ['3600s', '2026-06-01T13:00:00Z'],
    ['90.000000000s', '2026-06-01T12:01:30Z'],
  ])('takes a lifetime of %s', async (lifetime, expireTime) => {
    emulator.setClock({ time: '2026-06-01T12:00:00Z', frozen: true });
    const { body } = await call('countersign', 'signer', 'generateAccessToken', {
      scope: [cloudPlatform],
      lifetime,
    });
    expect(body.expireTime).toBe(expireTime);
  });

  it.each([
    {},
    { scope: [] },
    { scope: [''] },
    { scope: cloudPlatform },
    { scope: [cloudPlatform], lifetime: '0s' },
    { scope: [cloudPlatform], lifetime: '-5s' },
    { scope: [cloudPlatform], lifetime: '60' },
    { scope: [cloudPlatform], lifetime: 60 },
    { scope: [cloudPlatform], lifetime: '3600.5s' },
    { scope: [cloudPlatform], lifetime: '43201s' },
  ])('refuses %j', async (body) => {
    const { status, body: answer } = await call('countersign', 'signer', 'generateAccessToken', body);
    expect([status, answer.error.status]).toEqual([400, 'INVALID_ARGUMENT']);
  });

  it('takes 12 hours only where the lifetime is extended', async () => {
    const body = { scope: [cloudPlatform], lifetime: '43200s' };
    const refused = await call('countersign', 'signer', 'generateAccessToken', body);
    expect(refused.body.error.message).toContain('can not have lifetimes of more than 1 hour');
    const accounts = (['countersign', 'signer'] as const).map((identity, index) => ({
      email: emailOf(identity),
      uniqueId: `20000000000000000000${index}`,
      lifetimeExtension: true,
    }));
    const extended = await startEmulator({ seed: { serviceAccounts: accounts } });
    extended.setBindings(emulator.bindings());
    const { status } = await post(
      extended,
      'countersign',
      accountPath('signer', 'generateAccessToken'),
      body,
    );
    await extended.stop();
    expect(status).toBe(200);
  });
});

describe('delegates', () => {
  const delegates = [`projects/-/serviceAccounts/${emailOf('stranger')}`];

  it('lend their permission when the caller may act for them', async () => {
    grant(tokenCreator, 'caller', 'stranger');
    grant(tokenCreator, 'stranger', 'signer');
    const direct = await call('caller', 'signer', 'signJwt', { payload: '{}' });
    expect(direct.status).toBe(403);
    const { status } = await call('caller', 'signer', 'signJwt', { payload: '{}', delegates });
    expect(status).toBe(200);
    const byId = ['projects/-/serviceAccounts/100000000000000000003'];
    expect((await call('caller', 'signer', 'signJwt', { payload: '{}', delegates: byId })).status).toBe(200);
  });

  it('need implicitDelegation on each step', async () => {
    grant('roles/iam.serviceAccountOpenIdTokenCreator', 'caller', 'stranger');
    grant(tokenCreator, 'stranger', 'signer');
    const { status, body } = await call('caller', 'signer', 'signJwt', { payload: '{}', delegates });
    expect([status, body.error.details[0].metadata]).toEqual([
      403,
      { permission: 'iam.serviceAccounts.implicitDelegation' },
    ]);
  });

  it('need the permission itself on the last', async () => {
    grant(tokenCreator, 'caller', 'stranger');
    const { status, body } = await call('caller', 'signer', 'signJwt', { payload: '{}', delegates });
    expect([status, body.error.details[0].metadata]).toEqual([
      403,
      { permission: 'iam.serviceAccounts.signJwt' },
    ]);
  });

  it('are named with the wildcard', async () => {
    const { status } = await call('countersign', 'signer', 'signJwt', {
      payload: '{}',
      delegates: [emailOf('stranger')],
    });
    expect(status).toBe(400);
  });
});

describe('the ban on self-impersonation', () => {
  const refusal = {
    code: 400,
    message:
      "You can't create a token for the same service account that you used to authenticate the request.",
    status: 'FAILED_PRECONDITION',
  };

  it('refuses an access token', async () => {
    grant(tokenCreator, 'signer', 'signer');
    const { body } = await call('signer', 'signer', 'generateAccessToken', { scope: [cloudPlatform] });
    expect(body.error).toEqual(refusal);
  });

  it.each([
    { aud: 'https://oauth2.googleapis.com/token' },
    { aud: 'https://iam.googleapis.com/' },
    { aud: ['https://a.example.com', 'https://iamcredentials.googleapis.com/'] },
    { aud: 'https://www.googleapis.com/oauth2/v4/token' },
    { scope: cloudPlatform },
  ])('refuses a JWT and its signing input with %j', async (claims) => {
    const payload = JSON.stringify(claims);
    expect((await call('signer', 'signer', 'signJwt', { payload })).body.error).toEqual(refusal);
    const input = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.${Buffer.from(payload).toString('base64url')}`;
    expect((await call('signer', 'signer', 'signBlob', { payload: base64(input) })).body.error).toEqual(
      refusal,
    );
    expect((await call('countersign', 'signer', 'signJwt', { payload })).status).toBe(200);
  });

  it('lets an account sign as itself for others', async () => {
    const payload = JSON.stringify({ aud: 'https://reports.example.com' });
    expect((await call('signer', 'signer', 'signJwt', { payload })).status).toBe(200);
    expect((await call('signer', 'signer', 'signBlob', { payload: base64('bytes') })).status).toBe(200);
  });
});
