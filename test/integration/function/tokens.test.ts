import { createPublicKey } from 'node:crypto';
import { type IncomingMessage, request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { beforeAll, describe, expect, test } from 'vitest';
import type { SignJwtCall } from '../../../functions/issuance/ports.ts';
import { type LocalFunction, startFunction } from '../../support/function.ts';

const signer = 'signer@countersign-local.iam.gserviceaccount.com';
const aud = 'https://reports.example.com';

let local: LocalFunction;
const signed: SignJwtCall[] = [];

beforeAll(async () => {
  local = await startFunction({
    change: (services) => {
      const { signer: iam } = services.issuance;
      const counting = {
        ...iam,
        signJwt: (...[call, scope]: Parameters<typeof iam.signJwt>) => {
          signed.push(call);
          return iam.signJwt(call, scope);
        },
      };
      return { ...services, issuance: { ...services.issuance, signer: counting } };
    },
  });
});

const ask = async (body: unknown, headers = {}) => local.call('/v1/tokens', { body, headers });
const tokenFor = async (body: unknown) => (await ask(body)).json();

describe('POST /v1/tokens', () => {
  test('answers a token that jose and jsonwebtoken verify against the published keys', async () => {
    const { token, kid, claims, expiresInSeconds, reused } = await tokenFor({ claims: { aud } });
    const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', local.url));
    const verified = await jwtVerify(token, keys, { audience: aud, issuer: signer, subject: signer });
    expect(verified.payload).toEqual(claims);
    expect(Number.isInteger(claims.iat) && Number.isInteger(claims.exp)).toBe(true);
    expect(claims.exp - claims.iat).toBe(3600);
    expect(expiresInSeconds).toBeLessThanOrEqual(3600);
    expect(reused).toBe(false);
    const set = await (await fetch(`${local.url}/v1/keys/${signer}`)).json();
    const jwk = set.keys.find((key: { kid: string }) => key.kid === kid);
    expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', kid });
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    expect(jsonwebtoken.verify(token, key, { algorithms: ['RS256'], audience: aud })).toEqual(claims);
  });

  test('signs the article’s claims set as posted', async () => {
    const iat = Math.floor(Date.now() / 1000);
    const claims = { iss: signer, sub: signer, aud, iat, exp: iat + 3600 };
    expect((await tokenFor({ claims })).claims).toEqual(claims);
  });

  test('hands an equal request the same token, whatever the order of its members', async () => {
    const first = await tokenFor({ claims: { aud: 'https://reuse.example.com', team: 'blue', n: 1 } });
    const second = await tokenFor({ claims: { n: 1, team: 'blue', aud: 'https://reuse.example.com' } });
    expect(second).toMatchObject({ token: first.token, reused: true });
  });

  test.each([
    ['another private claim', { claims: { aud: 'https://keys.example.com', team: 'red' } }],
    ['another life', { claims: { aud: 'https://keys.example.com', team: 'blue' }, ttlSeconds: 60 }],
    ['another profile', { claims: { aud: 'https://keys.example.com', team: 'blue' }, profile: 'iap' }],
  ])('but not one that differs in %s', async (_what, body) => {
    await tokenFor({ claims: { aud: 'https://keys.example.com', team: 'blue' } });
    expect(await tokenFor(body)).toMatchObject({ reused: false });
  });

  test('signs anew for Cache-Control: no-cache, and for a request that fixes an ID', async () => {
    const body = { claims: { aud: 'https://fresh.example.com' } };
    await tokenFor(body);
    expect(await (await ask(body, { 'cache-control': 'no-cache' })).json()).toMatchObject({ reused: false });
    const fixed = { claims: { aud: 'https://fresh.example.com', jti: 'j1' } };
    await tokenFor(fixed);
    expect(await tokenFor(fixed)).toMatchObject({ reused: false });
  });

  test('makes one IAM call for 50 equal requests at the same time', async () => {
    const before = signed.length;
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => tokenFor({ claims: { aud: 'https://fifty.example.com' } })),
    );
    expect(signed.length - before).toBe(1);
    expect(new Set(answers.map(({ token }) => token)).size).toBe(1);
  });

  test('fills email in for profile endpoints', async () => {
    const { claims } = await tokenFor({ claims: { aud }, profile: 'endpoints' });
    expect(claims).toMatchObject({ email: signer, iss: signer, sub: signer });
  });

  test('with validateOnly says what would be signed, and signs nothing', async () => {
    const before = signed.length;
    const answer = await local.call('/v1/tokens?validateOnly=true', { body: { claims: { aud } } });
    expect(await answer.json()).toMatchObject({
      claims: { aud, iss: signer },
      binding: 'local',
      profile: 'generic',
      serviceAccount: signer,
      expiresInSeconds: 3600,
    });
    expect(signed.length).toBe(before);
  });

  test('refuses a validateOnly that is neither true nor false, lest it sign', async () => {
    const answer = await local.call('/v1/tokens?validateOnly=1', { body: { claims: { aud } } });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'invalid_request' });
  });
});

describe('a refusal is a problem document', () => {
  test('a float iat: pointer, actual and hint', async () => {
    const answer = await ask({ claims: { aud, iat: 1767225600.5 } });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({
      type: 'urn:countersign:problem:invalid_claims',
      code: 'invalid_claims',
      status: 400,
      instance: expect.stringMatching(/^urn:uuid:[0-9a-f-]{36}$/),
      errors: [
        { pointer: '/claims/iat', actual: '1767225600.5', hint: expect.stringContaining('1767225600') },
      ],
    });
  });

  test('an audience without a binding', async () => {
    const answer = await ask({ claims: { aud: 'https://reports.example.org' } });
    expect(answer.status).toBe(403);
    expect(await answer.json()).toMatchObject({
      code: 'policy_denied',
      errors: [{ pointer: '/claims/aud' }],
    });
  });

  test('a caller that no binding names learns of no binding', async () => {
    const answer = await local.call('/v1/tokens', { body: { claims: { aud } }, as: 'stranger' });
    const problem = await answer.json();
    expect(problem).toMatchObject({ status: 403, code: 'policy_denied' });
    expect(JSON.stringify(problem)).not.toContain('local"');
    expect(problem.errors).toBeUndefined();
  });

  test.each<[string, string, object, number, string]>([
    ['a body that is no JSON', '/v1/tokens', { body: '{"claims":' }, 400, 'invalid_request'],
    ['an empty body', '/v1/tokens', { body: '' }, 400, 'invalid_request'],
    [
      'another media type',
      '/v1/tokens',
      { body: 'a=b', headers: { 'content-type': 'text/plain' } },
      415,
      'unsupported_media_type',
    ],
    [
      'a compressed body',
      '/v1/tokens',
      { body: gzipSync('{}'), headers: { 'content-encoding': 'gzip' } },
      415,
      'unsupported_media_type',
    ],
    [
      'a body past 64 KiB',
      '/v1/tokens',
      { body: JSON.stringify({ x: 'x'.repeat(65_536) }) },
      413,
      'body_too_large',
    ],
    ['an unknown route', '/v2/tokens', {}, 404, 'not_found'],
    ['a path that encodes nothing', '/v1/keys/%zz', {}, 404, 'not_found'],
    ['another method', '/v1/tokens', { method: 'DELETE' }, 405, 'method_not_allowed'],
    [
      'keys of an account that is no signer',
      '/v1/keys/evil@acme.iam.gserviceaccount.com',
      {},
      404,
      'not_found',
    ],
    ['keys along a path', '/v1/keys/..%2f..%2fevil', {}, 404, 'not_found'],
  ])('%s', async (_what, path, options, status, code) => {
    const answer = await local.call(path, options);
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(await answer.json()).toMatchObject({ code, status });
    if (status === 405) expect(answer.headers.get('allow')).toBe('POST');
  });

  test('no token: 401 with WWW-Authenticate, and no error where nothing was sent', async () => {
    const answer = await local.call('/v1/tokens', { body: { claims: { aud } }, as: 'nobody' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="countersign"');
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
  });

  test('a token for another audience: 401 that says which would do', async () => {
    const headers = { authorization: `Bearer ${await local.idToken('caller', 'https://other.example.com')}` };
    const answer = await local.call('/v1/tokens', { body: { claims: { aud } }, headers, as: 'nobody' });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect((await answer.json()).detail).toContain(local.url);
  });

  test('a removed signature is refused, also beside an honest X-Serverless-Authorization', async () => {
    const token = await local.idToken();
    const forged = `${token.split('.').slice(0, 2).join('.')}.SIGNATURE_REMOVED_BY_GOOGLE`;
    const answer = await local.call('/v1/tokens', {
      body: { claims: { aud } },
      as: 'nobody',
      headers: { authorization: `Bearer ${forged}`, 'x-serverless-authorization': `Bearer ${token}` },
    });
    expect(answer.status).toBe(401);
    expect((await answer.json()).detail).toContain('SIGNATURE_REMOVED_BY_GOOGLE');
  });

  test.each(['Bearer', 'Basic abc', 'Bearer a b', 'Bearer a, Bearer b', 'token'])(
    'the header %j: 401',
    async (value) => {
      const answer = await local.call('/v1/identity', { as: 'nobody', headers: { authorization: value } });
      expect(answer.status).toBe(401);
    },
  );

  test('two Authorization headers: 401, whichever is honest', async () => {
    const honest = `Bearer ${await local.idToken()}`;
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const call = request(`${local.url}/v1/identity`, resolve);
      call.setHeader('authorization', [honest, 'Bearer x']);
      call.on('error', reject).end();
    });
    expect(answer.statusCode).toBe(401);
    answer.resume();
  });

  test('bearer in any case is accepted', async () => {
    const headers = { authorization: `bEARER ${await local.idToken()}` };
    expect((await local.call('/v1/identity', { as: 'nobody', headers })).status).toBe(200);
  });
});

test('GET /v1/identity tells what it runs as, who asks, and what that caller may ask for', async () => {
  expect(await (await local.call('/v1/identity')).json()).toMatchObject({
    runsAs: 'countersign@countersign-local.iam.gserviceaccount.com',
    signers: [signer],
    caller: { member: 'serviceAccount:caller@countersign-local.iam.gserviceaccount.com' },
    bindings: [{ id: 'local', kinds: ['jwt', 'id_token'], profiles: ['generic', 'iap', 'endpoints'] }],
    policy: { digest: expect.stringMatching(/^[0-9a-f]{64}$/), ageSeconds: expect.any(Number) },
  });
  expect(await (await local.call('/v1/identity', { as: 'stranger' })).json()).toMatchObject({ bindings: [] });
});

test('what asks for no caller is served to anybody', async () => {
  expect(await (await fetch(`${local.url}/health`)).json()).toEqual({ status: 'ok' });
  expect(await (await fetch(`${local.url}/openapi.json`)).json()).toMatchObject({ openapi: '3.1.0' });
  expect((await fetch(`${local.url}/health`, { method: 'HEAD' })).status).toBe(200);
});
