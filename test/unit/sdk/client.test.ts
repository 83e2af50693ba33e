import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CountersignError, createToken, TokenClient } from '../../../sdk/src/index.ts';
import { replyWithProblem, startTokenServer, type TokenServer } from '../../support/token-server.ts';

const aud = 'https://reports.example.com';
const callerToken = async () => 'caller-token';

let server: TokenServer;
let client: TokenClient;

beforeEach(async () => {
  server = await startTokenServer();
  client = new TokenClient({ url: server.url, callerToken });
});

afterEach(() => server[Symbol.asyncDispose]());

describe('getToken', () => {
  it("asks the service with the caller's token in both headers", async () => {
    const token = await client.getToken(aud);
    expect(token.split('.')).toHaveLength(3);
    expect(server.requests).toMatchObject([
      {
        path: '/v1/tokens',
        headers: {
          authorization: 'Bearer caller-token',
          'x-serverless-authorization': 'Bearer caller-token',
        },
        body: { claims: { aud } },
      },
    ]);
  });

  it('makes one request for two calls, and one for fifty parallel ones', async () => {
    expect(await client.getToken(aud)).toBe(await client.getToken(aud));
    await Promise.all(Array.from({ length: 50 }, () => client.getToken('https://other.example.com')));
    expect(server.requests).toHaveLength(2);
    expect(client.stats()).toEqual({ entries: 2, hits: 1, misses: 51, refreshes: 2, stale: 0, failures: 0 });
  });

  it('sends everything that a request says', async () => {
    await client.getToken({
      aud: [aud, 'https://b.example.com'],
      claims: { team: 'blue', sub: 'someone' },
      ttlSeconds: 600,
      profile: 'endpoints',
      serviceAccount: 'signer@acme.iam.gserviceaccount.com',
      delegates: ['middle@acme.iam.gserviceaccount.com'],
    });
    expect(server.requests[0]?.body).toEqual({
      claims: { aud: ['https://b.example.com', aud], team: 'blue', sub: 'someone' },
      ttlSeconds: 600,
      profile: 'endpoints',
      serviceAccount: 'signer@acme.iam.gserviceaccount.com',
      delegates: ['middle@acme.iam.gserviceaccount.com'],
    });
  });

  it('rejects with the problem of the service, and does not keep it', async () => {
    const errors = [{ pointer: '/claims/aud', actual: 'x', expected: 'y', hint: 'z' }];
    const reply = server.reply;
    server.reply = replyWithProblem(403, 'policy_denied', { errors });
    const error = await client.getToken(aud).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(CountersignError);
    expect(error).toMatchObject({
      name: 'CountersignError',
      code: 'policy_denied',
      status: 403,
      message: 'detail of policy_denied',
      retryable: false,
      requestId: 'urn:uuid:00000000-0000-4000-8000-000000000000',
      errors,
    });
    server.reply = reply;
    await expect(client.getToken(aud)).resolves.toContain('.');
    expect(server.requests).toHaveLength(2);
  });
});

it('rejects a minValiditySeconds that is no number with a TypeError', async () => {
  for (const minValiditySeconds of [Number.NaN, -1, 'long' as never]) {
    await expect(client.getToken(aud, { minValiditySeconds })).rejects.toThrow(TypeError);
  }
});

it('rejects invalidate of what is no request with a TypeError, and drops nothing', async () => {
  await client.getToken(aud);
  for (const target of ['', {}, { aud: '' }, { kid: '' }, 7]) {
    expect(() => client.invalidate(target as never)).toThrow(TypeError);
  }
  expect(client.stats().entries).toBe(1);
});

it("rejects with a signal's reason also where callerToken itself aborts it", async () => {
  const abort = new AbortController();
  const aborting = new TokenClient({
    url: server.url,
    callerToken() {
      abort.abort(new Error('enough'));
      return callerToken();
    },
  });
  const call = aborting.call(createToken, { claims: { aud } }, { signal: abort.signal });
  await expect(call).rejects.toThrow('enough');
});

describe('getTokenDetails', () => {
  it('says what the token says', async () => {
    const { token, kid, claims, expiresAt } = await client.getTokenDetails(aud);
    expect(token).toBe(client.peek(aud));
    expect(kid).toBe('key-1');
    expect(claims).toMatchObject({ aud, iss: 'signer@acme.iam.gserviceaccount.com' });
    expect(expiresAt).toEqual(new Date(claims.exp * 1000));
  });
});

describe('new TokenClient', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('takes the URL from COUNTERSIGN_URL where none is given', async () => {
    vi.stubEnv('COUNTERSIGN_URL', server.url);
    await new TokenClient({ callerToken }).getToken(aud);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [{ url: '' }],
    [{ url: 'countersign.example.com' }],
    [{ url: 'http://countersign.example.com' }],
    [{ url: 'http://127.0.0.1.example.com' }],
    [{ url: 'ftp://countersign.example.com' }],
    [{ url: 'https://user:secret@countersign.example.com' }],
    [{ url: 'https://countersign.example.com?a=b' }],
    [{ url: 'https://countersign.example.com', timeoutMs: 0 }],
    [{ url: 'https://countersign.example.com', timeoutMs: Number.POSITIVE_INFINITY }],
    [{ url: 'https://countersign.example.com', timeoutMs: '5000' as never }],
    [{ url: 'https://countersign.example.com', maxEntries: 0.5 }],
    [{ url: 'https://countersign.example.com', callerToken: 'eyJ' as never }],
    [{ url: 'https://countersign.example.com', onEvent: {} as never }],
  ])('throws a TypeError for %j', (options) => {
    vi.stubEnv('COUNTERSIGN_URL', undefined);
    expect(() => new TokenClient(options)).toThrow(TypeError);
  });

  it.each([[''], [[]], [{ aud: '' }], [{ aud: [] }], [{ aud: [aud, 7] }], [{}], [undefined], [null], [7]])(
    'rejects a call for %j with a TypeError and asks nobody',
    async (request) => {
      await expect(client.getToken(request as never)).rejects.toMatchObject({
        name: 'TypeError',
        message: expect.stringMatching(/^aud must be a non-empty string, or several, beside claims;/),
      });
      expect(server.requests).toHaveLength(0);
    },
  );

  it('rejects a kind that there is not with a TypeError and asks nobody', async () => {
    await expect(client.getToken({ aud, kind: 'idtoken' as never })).rejects.toMatchObject({
      name: 'TypeError',
      message: expect.stringMatching(/; kind jwt or id_token$/),
    });
    expect(server.requests).toHaveLength(0);
  });
});
