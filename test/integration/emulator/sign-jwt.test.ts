import { decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { accountPath, emailOf, get, post, signJwt } from '../../support/emulator-client.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

afterAll(() => emulator.stop());

const now = () => Math.floor(Date.now() / 1000);
const claims = (change: object = {}) => ({
  iss: emailOf('signer'),
  sub: emailOf('signer'),
  aud: 'https://reports.example.com',
  iat: now(),
  exp: now() + 3600,
  ...change,
});

const generalText = 'Request contains an invalid argument.';

describe('signJwt', () => {
  it('answers a JWT that verifies with the published key of its kid', async () => {
    const { status, body } = await signJwt(emulator, claims({ team: 'blue' }));
    expect(status).toBe(200);
    expect(Object.keys(body)).toEqual(['keyId', 'signedJwt']);
    const header = decodeProtectedHeader(body.signedJwt);
    expect(header).toEqual({ alg: 'RS256', kid: body.keyId, typ: 'JWT' });
    expect(body.keyId).toMatch(/^emulator-[0-9a-f]{40}$/);
    const { body: set } = await get(emulator, `/service_accounts/v1/jwk/${emailOf('signer')}`);
    const jwk = set.keys.find(({ kid }: { kid: string }) => kid === body.keyId);
    const { payload } = await jwtVerify(body.signedJwt, await importJWK(jwk, 'RS256'));
    expect(payload).toMatchObject({ team: 'blue', aud: 'https://reports.example.com' });
  });

  it('signs the payload byte for byte', async () => {
    const payload = '{ "aud":"https://a.example.com",\n "name": "ü" }';
    const { body } = await post(emulator, 'countersign', accountPath('signer', 'signJwt'), { payload });
    const signed = Buffer.from(body.signedJwt.split('.')[1], 'base64url').toString();
    expect(signed).toBe(payload);
  });

  it('takes the unique id for the e-mail', async () => {
    const path = '/v1/projects/-/serviceAccounts/100000000000000000005:signJwt';
    const { status } = await post(emulator, 'countersign', path, { payload: JSON.stringify(claims()) });
    expect(status).toBe(200);
  });

  it.each([
    ['no exp at all', { exp: undefined }],
    ['an exp in 12 hours', { exp: now() + 12 * 3600 }],
    ['an exp in a minute', { exp: now() + 60 }],
  ])('signs a claims set with %s', async (_, change) => {
    const { status, body } = await signJwt(emulator, claims(change));
    expect(status).toBe(200);
    const signed = JSON.parse(Buffer.from(body.signedJwt.split('.')[1], 'base64url').toString());
    expect(signed.exp).toBe(change.exp);
  });

  it.each([
    ['an exp in the past', { exp: now() - 1 }],
    ['an exp in more than 12 hours', { exp: now() + 12 * 3600 + 60 }],
    ['an exp in milliseconds', { exp: Date.now() + 3_600_000 }],
    ['a float exp', { exp: now() + 60.5 }],
    ['an exp in a string', { exp: `${now() + 60}` }],
    ['a null exp', { exp: null }],
    ['a float iat', { iat: now() + 0.5 }],
    ['a float nbf', { nbf: now() + 0.5 }],
  ])('refuses %s', async (_, change) => {
    const { status, body } = await signJwt(emulator, claims(change));
    expect(status).toBe(400);
    expect(body).toEqual({ error: { code: 400, message: generalText, status: 'INVALID_ARGUMENT' } });
  });

  it.each([
    ['not JSON', 'aud=x'],
    ['a list', '[1]'],
    ['null', 'null'],
    ['empty', ''],
  ])('refuses a payload that is %s', async (_, payload) => {
    const { status, body } = await post(emulator, 'countersign', accountPath('signer', 'signJwt'), {
      payload,
    });
    expect([status, body.error.message]).toEqual([400, generalText]);
  });

  it('answers 403 with the permission to a caller that does not hold it', async () => {
    const { status, body } = await signJwt(emulator, claims(), 'stranger');
    expect(status).toBe(403);
    expect(body.error).toEqual({
      code: 403,
      message: "Permission 'iam.serviceAccounts.signJwt' denied on resource (or it may not exist).",
      status: 'PERMISSION_DENIED',
      details: [
        {
          '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
          reason: 'IAM_PERMISSION_DENIED',
          domain: 'iam.googleapis.com',
          metadata: { permission: 'iam.serviceAccounts.signJwt' },
        },
      ],
    });
  });

  it('answers 403 for an account that does not exist', async () => {
    const path = '/v1/projects/-/serviceAccounts/nobody@countersign-local.iam.gserviceaccount.com:signJwt';
    const { status, body } = await post(emulator, 'countersign', path, { payload: JSON.stringify(claims()) });
    expect([status, body.error.status]).toEqual([403, 'PERMISSION_DENIED']);
  });

  it('demands the wildcard in place of a project', async () => {
    const path = `/v1/projects/countersign-local/serviceAccounts/${emailOf('signer')}:signJwt`;
    const { status, body } = await post(emulator, 'countersign', path, { payload: JSON.stringify(claims()) });
    expect([status, body.error.status]).toEqual([400, 'INVALID_ARGUMENT']);
  });
});

describe('an access token', () => {
  const call = async (authorization?: string) => {
    const headers = authorization ? { authorization } : {};
    const response = await fetch(emulator.origin + accountPath('signer', 'signJwt'), {
      method: 'POST',
      headers,
      body: JSON.stringify({ payload: '{}' }),
    });
    const { error } = (await response.json()) as { error: { status: string; details: object[] } };
    return { status: response.status, challenge: response.headers.get('www-authenticate'), error };
  };

  it.each([
    ['is missing', undefined, 'CREDENTIALS_MISSING'],
    ['was not issued here', 'Bearer ya29.of-someone-else', 'ACCESS_TOKEN_TYPE_UNSUPPORTED'],
    ['is of another scheme', 'Basic dTpw', 'ACCESS_TOKEN_TYPE_UNSUPPORTED'],
  ])('that %s is a 401', async (_, authorization, reason) => {
    const { status, challenge, error } = await call(authorization);
    expect(status).toBe(401);
    expect(challenge).toMatch(/^Bearer realm="https:\/\/accounts.google.com\/"/);
    expect(error.status).toBe('UNAUTHENTICATED');
    expect(error.details).toEqual([
      {
        '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
        reason,
        domain: 'googleapis.com',
        metadata: {
          service: 'iamcredentials.googleapis.com',
          method: 'google.iam.credentials.v1.IAMCredentials.SignJwt',
        },
      },
    ]);
  });

  it('without the scope is a 403 of its own', async () => {
    const url = `http://127.0.0.1:${emulator.ports.countersign}/computeMetadata/v1/instance/service-accounts/default/token`;
    const scopes = 'https://www.googleapis.com/auth/userinfo.email';
    const response = await fetch(`${url}?scopes=${scopes}`, { headers: { 'metadata-flavor': 'Google' } });
    const { access_token } = (await response.json()) as { access_token: string };
    const { status, error } = await call(`Bearer ${access_token}`);
    expect([status, error.details]).toMatchObject([403, [{ reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT' }]]);
  });
});
