import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Problem } from '../../../functions/contract/problem.ts';
import { createCallerVerifier } from '../../../functions/google/caller-tokens.ts';
import type { CallerVerifier } from '../../../functions/issuance/ports.ts';
import { now } from '../../support/fixtures.ts';
import {
  foreignJwk,
  foreignPrivateKey,
  googleJwkSet,
  googleKid,
  googlePublicPem,
  idTokenClaims,
  serviceUrl,
  signIdToken,
} from '../../support/google-keys.ts';
import { type RunningServer, startServer } from '../../support/http-server.ts';

let keyServer: RunningServer;
let verifier: CallerVerifier;

function verifierAt(origin: string, isLocal = true): CallerVerifier {
  const hosts = { iamCredentials: origin, keys: origin, isLocal };
  return createCallerVerifier({
    hosts,
    audiences: [serviceUrl, 'https://alias.example.com'],
    now: () => now,
  });
}

beforeEach(async () => {
  keyServer = await startServer((_request, response) => {
    response.writeHead(200, { 'cache-control': 'public, max-age=600' }).end(JSON.stringify(googleJwkSet));
  });
  verifier = verifierAt(keyServer.origin);
});

afterEach(() => {
  vi.restoreAllMocks();
});

const soon = () => performance.now() + 2_000;

async function refusal(token: string, by = verifier): Promise<Problem> {
  const outcome = await by.verify(token, soon()).catch((error: unknown) => error);
  expect(outcome).toMatchObject({ name: 'Problem' });
  return outcome as Problem;
}

/** A JWS put together by hand, for headers that no library would sign. */
function assemble(header: object, payload: object, signature: string): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  return `${encode(header)}.${encode(payload)}.${signature}`;
}

test('an honest token tells the caller', async () => {
  expect(await verifier.verify(await signIdToken(), soon())).toEqual({
    member: 'serviceAccount:reports@acme.iam.gserviceaccount.com',
    sub: '100000000000000000001',
  });
});

test.each<[string, object]>([
  ['Google’s other spelling of itself', { iss: 'accounts.google.com' }],
  ['another of the accepted audiences', { aud: 'https://alias.example.com' }],
  ['one expired within the tolerance', { exp: now - 59 }],
])('accepts %s', async (_what, claims) => {
  expect(await verifier.verify(await signIdToken({ ...claims }), soon())).toMatchObject({
    sub: idTokenClaims.sub,
  });
});

test('a person is a user, not a service account', async () => {
  const token = await signIdToken({ email: 'dev@acme.example' });
  expect(await verifier.verify(token, soon())).toMatchObject({ member: 'user:dev@acme.example' });
});

describe('is refused: a token with', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['another audience', { aud: 'https://other.example.com' }, /another audience; ask for one whose aud is/],
    ['several audiences', { aud: [serviceUrl, 'https://other.example.com'] }, /several audiences/],
    ['our audience in an array', { aud: [serviceUrl] }, /several audiences/],
    ['another issuer', { iss: 'https://accounts.google.com.evil.example' }, /not issued by Google/],
    ['an exp past by 61 s', { exp: now - 61 }, /expired/],
    ['no exp', { exp: undefined }, /exp is missing/],
    ['a nbf to come', { nbf: now + 61 }, /nbf is missing or does not hold/],
    ['an unverified e-mail', { email_verified: false }, /not verified/],
    ['an e-mail whose verification is a string', { email_verified: 'true' }, /not verified/],
    ['no e-mail', { email: undefined }, /no email; ask the metadata server with format=full/],
    ['a NUL in its e-mail', { email: 'reports@acme.iam.gserviceaccount.com\u0000' }, /no e-mail address/],
    ['a line break in its e-mail', { email: 'a\nb@acme.example' }, /no e-mail address/],
    ['a member for an e-mail', { email: 'user:a@b' }, /no e-mail address/],
    ['an e-mail that is no string', { email: ['a@b.example'] }, /no e-mail address/],
  ])('%s', async (_what, claims, reason) => {
    const problem = await refusal(await signIdToken(claims));
    expect(problem.code).toBe('unauthenticated');
    expect(problem.message).toMatch(reason);
  });
});

describe('is refused: a signature that proves nothing', () => {
  test('alg none', async () => {
    const token = assemble({ alg: 'none', kid: googleKid }, idTokenClaims, '');
    expect((await refusal(token)).code).toBe('unauthenticated');
  });

  test('HS256 with the public key as secret', async () => {
    const unsigned = assemble({ alg: 'HS256', kid: googleKid }, idTokenClaims, '').slice(0, -1);
    const signature = createHmac('sha256', googlePublicPem).update(unsigned).digest('base64url');
    expect((await refusal(`${unsigned}.${signature}`)).message).toMatch(/not signed with RS256/);
  });

  test('another key under Google’s kid', async () => {
    expect((await refusal(await signIdToken({}, {}, foreignPrivateKey))).message).toMatch(/does not verify/);
  });

  test('changed claims', async () => {
    const [header, , signature] = (await signIdToken()).split('.');
    const payload = Buffer.from(JSON.stringify({ ...idTokenClaims, email: 'evil@acme.example' })).toString(
      'base64url',
    );
    expect((await refusal(`${header}.${payload}.${signature}`)).message).toMatch(/does not verify/);
  });

  test('an embedded jwk is ignored', async () => {
    const token = await signIdToken({}, { jwk: foreignJwk }, foreignPrivateKey);
    expect((await refusal(token)).message).toMatch(/does not verify/);
  });

  test.each(['jku', 'x5u'])('what %s names is not fetched', async (name) => {
    const evil = await startServer((_request, response) => {
      response.end(JSON.stringify({ keys: [{ ...foreignJwk, kid: 'evil' }] }));
    });
    const token = await signIdToken({}, { kid: 'evil', [name]: `${evil.origin}/keys` }, foreignPrivateKey);
    expect((await refusal(token)).code).toBe('unauthenticated');
    expect(evil.requests).toEqual([]);
  });

  test.each(['../../jwk/evil', 'google-1\u0000', '', 'unknown'])(
    'the kid %j names none of Google’s keys',
    async (kid) => {
      const problem = await refusal(await signIdToken({}, { kid }, foreignPrivateKey));
      expect(problem.message).toMatch(/not among Google’s/);
      expect(new Set(keyServer.requests)).toEqual(new Set(['GET /oauth2/v3/certs']));
    },
  );

  test('no kid', async () => {
    expect((await refusal(await signIdToken({}, { kid: undefined }))).message).toMatch(/names no key/);
  });

  test('one that Cloud Run removed has its own hint', async () => {
    const [header, payload] = (await signIdToken()).split('.');
    const problem = await refusal(`${header}.${payload}.SIGNATURE_REMOVED_BY_GOOGLE`);
    expect(problem.code).toBe('unauthenticated');
    expect(problem.message).toMatch(/X-Serverless-Authorization/);
  });

  test.each(['', 'x', 'a.b', 'a.b.c', 'a.b.c.d', 'ya29.opaque', '..', '%%%.%%%.%%%'])(
    'no JWT at all: %j',
    async (token) => {
      expect((await refusal(token)).code).toBe('unauthenticated');
    },
  );

  test('100 KiB of token', async () => {
    expect((await refusal('a'.repeat(102_400))).message).toMatch(/longer than/);
    expect(keyServer.requests).toEqual([]);
  });
});

describe('a token that was verified', () => {
  test('is not verified again, and one that differs in a letter is', async () => {
    const token = await signIdToken();
    await verifier.verify(token, soon());
    const verify = vi.spyOn(crypto.subtle, 'verify');
    for (let times = 0; times < 100; times += 1) await verifier.verify(token, soon());
    expect(verify).not.toHaveBeenCalled();
    await refusal(`${token.slice(0, -4)}AAAA`);
    expect(verify).toHaveBeenCalledOnce();
  });

  test('is refused once its key has left the set', async () => {
    let keys: object[] = googleJwkSet.keys;
    const rotating = await startServer((_request, response) => {
      response.writeHead(200, { 'cache-control': 'max-age=60' }).end(JSON.stringify({ keys }));
    });
    const token = await signIdToken();
    const by = verifierAt(rotating.origin);
    await by.verify(token, soon());
    keys = [];
    await by.verify(token, soon());
    expect(rotating.requests).toHaveLength(1);
    vi.spyOn(performance, 'now').mockReturnValue(performance.now() + 61_000);
    expect((await refusal(token, by)).message).toMatch(/not among Google’s/);
  });

  test('is not remembered where it was refused', async () => {
    const token = await signIdToken({ email_verified: false });
    await refusal(token);
    await refusal(token);
  });
});

test('no message quotes the token', async () => {
  const token = await signIdToken({ aud: 'https://other.example.com' });
  const problem = await refusal(token);
  for (const part of token.split('.'))
    expect(`${problem.stack} ${JSON.stringify(problem)}`).not.toContain(part);
});

test('a key of the local cloud is refused outside of local mode', async () => {
  const problem = await refusal(
    await signIdToken({}, { kid: 'emulator-1' }, foreignPrivateKey),
    verifierAt(keyServer.origin, false),
  );
  expect(problem.message).toMatch(/local cloud/);
});

describe('the keys', () => {
  test('are fetched once for many callers', async () => {
    const token = await signIdToken();
    await Promise.all(Array.from({ length: 50 }, () => verifier.verify(token, soon())));
    expect(keyServer.requests).toHaveLength(1);
  });

  test('are fetched anew for an unknown kid, but not within the cool-down', async () => {
    const unknown = await signIdToken({}, { kid: 'unknown' });
    await verifier.verify(await signIdToken(), soon());
    for (let tries = 0; tries < 20; tries += 1) await refusal(unknown);
    expect(keyServer.requests).toHaveLength(1);
  });

  test.each<[string, Parameters<typeof startServer>[0]]>([
    ['answers 500', (_request, response) => response.writeHead(500).end()],
    ['redirects', (_request, response) => response.writeHead(302, { location: keyServer.origin }).end()],
    ['answers HTML', (_request, response) => response.end('<html>')],
    ['answers another JSON', (_request, response) => response.end('[]')],
    ['answers without end', (_request, response) => endless(response)],
    [
      'breaks off',
      (_request, response) =>
        response.writeHead(200, { 'content-length': '99' }).write('{') && response.destroy(),
    ],
  ])('are unavailable where their host %s', async (_what, listener) => {
    const broken = await startServer(listener);
    const outcome = await verifierAt(broken.origin)
      .verify(await signIdToken(), performance.now() + 300)
      .catch((error: unknown) => error);
    expect(outcome).toMatchObject({ code: 'caller_keys_unavailable', retryAfterSeconds: 5 });
  });

  test('that do not come in the caller’s own time are no fault of their host', async () => {
    const silent = await startServer(() => undefined);
    const verifying = verifierAt(silent.origin).verify(await signIdToken(), performance.now() + 300);
    await expect(verifying).rejects.toMatchObject({ code: 'deadline_exceeded' });
  });
});

function endless(response: { write: (chunk: string) => boolean; destroyed: boolean }): void {
  const write = () => {
    if (response.destroyed) return;
    response.write(' '.repeat(65_536));
    setImmediate(write);
  };
  write();
}
