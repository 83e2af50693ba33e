import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TokenClient, type TokenClientOptions, type TokenEvent } from '../../../sdk/src/index.ts';
import { type Clocks, takeClocks } from '../../support/clocks.ts';
import {
  type Reply,
  replyWithProblem,
  replyWithToken,
  startTokenServer,
  type TokenServer,
} from '../../support/token-server.ts';

const aud = 'https://reports.example.com';
const minute = 60_000;
const unavailable = replyWithProblem(503, 'signer_unavailable');

let clocks: Clocks;
let server: TokenServer;

const newClient = (options: TokenClientOptions = {}) =>
  new TokenClient({ url: server.url, callerToken: async () => 'caller-token', ...options });
const landed = () => delay(60);
const after =
  (milliseconds: number, reply: Reply): Reply =>
  async (request, response) => {
    await delay(milliseconds);
    await reply(request, response);
  };

beforeEach(async () => {
  clocks = takeClocks();
  server = await startTokenServer();
});

afterEach(async () => {
  vi.restoreAllMocks();
  await server[Symbol.asyncDispose]();
});

describe('the key', () => {
  it.each([
    ['an audience alone and a request that says no more', aud, { aud }],
    ['an explicit kind and the default', aud, { aud, kind: 'jwt' as const }],
    ['the order of audiences', { aud: [aud, 'b'] }, { aud: ['b', aud] }],
    [
      'the order of claims',
      { aud, claims: { a: 1, b: { c: 2, d: 3 } } },
      { claims: { b: { d: 3, c: 2 }, a: 1 }, aud },
    ],
    ['members that are undefined', { aud, claims: { a: undefined } }, { aud, claims: {} }],
  ])('does not tell apart %s', async (_, one, other) => {
    const client = newClient();
    expect(await client.getToken(one)).toBe(await client.getToken(other as never));
  });

  it.each([
    ['one audience and an array of it', aud, { aud: [aud] }],
    ['audiences', aud, `${aud}/`],
    ['the order of other arrays', { aud, claims: { a: [1, 2] } }, { aud, claims: { a: [2, 1] } }],
    ['claims', { aud, claims: { a: 1 } }, { aud, claims: { a: '1' } }],
    ['lifetimes', { aud, ttlSeconds: 60 }, { aud, ttlSeconds: 61 }],
    ['profiles', { aud, profile: 'iap' as const }, { aud, profile: 'generic' as const }],
    ['signers', { aud, serviceAccount: 'a@x' }, { aud, serviceAccount: 'b@x' }],
    ['delegates', { aud, delegates: ['a', 'b'] }, { aud, delegates: ['b', 'a'] }],
    ['kinds', aud, { aud, kind: 'id_token' as const }],
  ])('tells apart %s', async (_, one, other) => {
    const client = newClient();
    expect(await client.getToken(one)).not.toBe(await client.getToken(other));
  });

  it('takes an audience that reads like the key of a request for an audience', async () => {
    const client = newClient();
    const other = await client.getToken({ aud, ttlSeconds: 60 });
    const lookalike = `["${aud}",false,{"ttlSeconds":60}]`;
    expect(await client.getToken(lookalike)).not.toBe(other);
    expect(client.peek(lookalike)).toBe(await client.getToken(lookalike));
  });
});

it.each([{ jti: 'one' }, { exp: 4102444800 }, { iat: 1700000000 }, { nbf: 1700000000 }])(
  'never keeps nor shares a token that fixes %j',
  async (claims) => {
    const client = newClient();
    server.reply = replyWithToken({ claims: { iat: Math.floor(Date.now() / 1000), exp: 4102444800 } });
    const tokens = await Promise.all([1, 2].map(() => client.getToken({ aud, claims })));
    expect(new Set(tokens).size).toBe(2);
    expect(server.requests).toHaveLength(2);
    expect(client.peek({ aud, claims })).toBeUndefined();
    expect(client.stats().entries).toBe(0);
  },
);

describe('the refresh window', () => {
  it('does not open before half of the life, and is open at 80 %', async () => {
    for (let clients = 0; clients < 10; clients++) {
      const client = newClient();
      const token = await client.getToken(aud);
      clocks.pass(29 * minute);
      expect(client.peek(aud)).toBe(token);
      expect(client.stats()).toMatchObject({ hits: 1, stale: 0 });
      clocks.pass(20 * minute);
      expect(client.peek(aud)).toBe(token);
      expect(client.stats()).toMatchObject({ hits: 1, stale: 1 });
    }
  });

  it('is counted on the whole life, also of a token that came reused', async () => {
    server.reply = replyWithToken({ lifetimeSeconds: 3600, expiresInSeconds: 2880, reused: true });
    const client = newClient();
    await client.getToken(aud);
    clocks.pass(37 * minute);
    client.peek(aud);
    expect(client.stats()).toMatchObject({ stale: 1 });
  });

  it('opens at another moment in each client', async () => {
    const opened = new Set<boolean>();
    for (let clients = 0; clients < 40; clients++) {
      const client = newClient();
      await client.getToken(aud);
      clocks.pass(39 * minute);
      client.peek(aud);
      opened.add(client.stats().stale === 1);
    }
    expect(opened).toEqual(new Set([true, false]));
  });

  it('hands the kept token out at once while one refresh runs, to a thousand callers', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    clocks.pass(50 * minute);
    server.reply = after(300, replyWithToken());
    const began = process.hrtime.bigint();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => client.getToken(aud)));
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(90);
    expect(new Set(tokens)).toEqual(new Set([token]));
    await vi.waitFor(() => expect(client.stats().refreshes).toBe(2));
    expect(server.requests).toHaveLength(2);
    expect(await client.getToken(aud)).not.toBe(token);
  });

  it('keeps serving the valid token when the refresh fails, and backs off', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    clocks.pass(49 * minute);
    server.reply = unavailable;
    for (let seconds = 0; seconds < 60; seconds++) {
      expect(await client.getToken(aud)).toBe(token);
      await delay(4);
      clocks.pass(1000);
    }
    // At 0 s, then 1-2, 2-4, 4-8, 8-16 and 16-30 s later: not sixty.
    expect(server.requests.length - 1).toBeGreaterThanOrEqual(4);
    expect(server.requests.length - 1).toBeLessThanOrEqual(7);
    server.reply = replyWithToken();
    clocks.pass(31_000);
    expect(await client.getToken(aud)).toBe(token);
    await landed();
    const [requests, refreshed] = [server.requests.length, await client.getToken(aud)];
    expect(refreshed).not.toBe(token);
    expect(server.requests).toHaveLength(requests);
    expect(client.stats().failures).toBe(requests - 2);
  });

  it('does not refresh before a Retry-After has passed', async () => {
    const client = newClient();
    await client.getToken(aud);
    clocks.pass(49 * minute);
    server.reply = replyWithProblem(503, 'signer_unavailable', { headers: { 'retry-after': '120' } });
    await client.getToken(aud);
    await landed();
    for (const [seconds, requests] of [
      [110, 2],
      [15, 3],
    ] as const) {
      clocks.pass(seconds * 1000);
      await client.getToken(aud);
      await landed();
      expect(server.requests).toHaveLength(requests);
    }
  });
});

describe('the hard margin', () => {
  it.each([
    [3600, 3539, 3541],
    [100, 89, 91],
  ])(
    'of a token of %i s lets it out after %i s, and not after %i s',
    async (lifetimeSeconds, alive, dead) => {
      server.reply = replyWithToken({ lifetimeSeconds });
      const client = newClient();
      const token = await client.getToken(aud);
      server.reply = unavailable;
      clocks.pass(alive * 1000);
      expect(client.peek(aud)).toBe(token);
      await landed();
      clocks.pass((dead - alive) * 1000);
      expect(client.peek(aud)).toBeUndefined();
    },
  );

  it('applies on arrival: a reused token within it is asked for anew, and one that is new refused', async () => {
    server.reply = replyWithToken({ lifetimeSeconds: 3600, expiresInSeconds: 50, reused: true });
    await expect(newClient().getToken(aud)).rejects.toMatchObject({ code: 'invalid_response' });
    expect(server.requests.map(({ headers }) => headers['cache-control'])).toEqual([undefined, 'no-cache']);
  });
});

describe('time', () => {
  it.each([
    ['is hours fast', 5 * 60 * minute],
    ['is hours slow', -5 * 60 * minute],
  ])('serves a token for its life where the wall clock %s', async (_, offset) => {
    clocks.jump(offset);
    const client = newClient();
    const token = await client.getToken(aud);
    clocks.pass(25 * minute);
    expect(client.peek(aud)).toBe(token);
    clocks.pass(35 * minute);
    expect(client.peek(aud)).toBeUndefined();
  });

  it('serves no dead token when the wall clock is set back', async () => {
    const client = newClient();
    await client.getToken(aud);
    clocks.jump(-120 * minute);
    clocks.pass(60 * minute);
    expect(client.peek(aud)).toBeUndefined();
  });

  it('serves no dead token after the machine slept', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    clocks.jump(60 * minute);
    expect(client.peek(aud)).toBeUndefined();
    expect(await client.getToken(aud)).not.toBe(token);
  });

  it('notices a sleep within a burst of calls by the sixteenth', async () => {
    const client = newClient();
    await client.getToken(aud);
    for (let calls = 0; calls < 10_000; calls++) client.peek(aud);
    clocks.jump(60 * minute);
    const answers = Array.from({ length: 17 }, () => client.peek(aud));
    expect(answers.at(-1)).toBeUndefined();
  });

  it('counts from when the request was sent', async () => {
    const client = newClient();
    server.reply = async (request, response) => {
      clocks.pass(5 * minute);
      await replyWithToken({ lifetimeSeconds: 600 })(request, response);
    };
    await client.getToken(aud);
    clocks.pass(4.5 * minute);
    expect(client.peek(aud)).toBeUndefined();
  });
});

describe('minValiditySeconds', () => {
  it('asks again with no-cache where a reused token is too short', async () => {
    server.reply = (request, response) =>
      replyWithToken(
        request.headers['cache-control']
          ? {}
          : { lifetimeSeconds: 3600, expiresInSeconds: 2900, reused: true },
      )(request, response);
    const client = newClient();
    await client.getToken(aud, { minValiditySeconds: 3000 });
    expect(server.requests.map(({ headers }) => headers['cache-control'])).toEqual([undefined, 'no-cache']);
    await client.getToken(aud, { minValiditySeconds: 3000 });
    expect(server.requests).toHaveLength(2);
  });

  it('waits for a longer one where the kept one is too short for this call', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    clocks.pass(20 * minute);
    expect(await client.getToken(aud, { minValiditySeconds: 2000 })).toBe(token);
    expect(await client.getToken(aud, { minValiditySeconds: 3000 })).not.toBe(token);
  });

  it('rejects where no token can live so long', async () => {
    const rejected = newClient().getToken({ aud, ttlSeconds: 600 }, { minValiditySeconds: 700 });
    await expect(rejected).rejects.toMatchObject({ code: 'invalid_response' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('forceRefresh', () => {
  it('has a token signed anew, and keeps it', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    const forced = await client.getToken(aud, { forceRefresh: true });
    expect(forced).not.toBe(token);
    expect(await client.getToken(aud)).toBe(forced);
    expect(server.requests[1]?.headers['cache-control']).toBe('no-cache');
  });

  it('makes one request for many, and overtakes one that may be answered from reuse', async () => {
    server.reply = after(50, replyWithToken());
    const client = newClient();
    const plain = client.getToken(aud);
    await delay(10);
    const forced = await Promise.all(
      Array.from({ length: 20 }, () => client.getToken(aud, { forceRefresh: true })),
    );
    expect(new Set([...forced, await plain]).size).toBe(1);
    expect(server.requests.map(({ headers }) => headers['cache-control'])).toEqual([undefined, 'no-cache']);
  });
});

describe('invalidate', () => {
  it('drops one audience, or one key, or all', async () => {
    const client = newClient();
    const b = 'https://b.example.com';
    await client.getToken(aud);
    server.reply = replyWithToken({ kid: 'key-2' });
    await client.getToken(b);
    client.invalidate({ kid: 'key-2' });
    expect([client.peek(aud), client.peek(b)]).toEqual([expect.any(String), undefined]);
    client.invalidate(aud);
    expect(client.peek(aud)).toBeUndefined();
    await Promise.all([client.getToken(aud), client.getToken(b)]);
    client.invalidate();
    expect([client.peek(aud), client.peek(b), client.stats().entries]).toEqual([undefined, undefined, 0]);
  });

  it('has the next token signed anew: the service may have kept the dead one', async () => {
    const client = newClient();
    await client.getToken(aud);
    client.invalidate(aud);
    await client.getToken(aud);
    clocks.pass(60 * minute);
    await client.getToken(aud);
    expect(server.requests.map(({ headers }) => headers['cache-control'])).toEqual([
      undefined,
      'no-cache',
      undefined,
    ]);
  });

  it.each([[aud], [{ kid: 'key-1' }], [undefined]])(
    'lets no late answer bring a dead token back (%j)',
    async (target) => {
      const client = newClient();
      const dead: Reply[] = [];
      server.reply = async (request, response) => {
        if (request.headers['cache-control']) return replyWithToken({ kid: 'key-2' })(request, response);
        await new Promise<void>((resolve) => dead.push(() => resolve()));
        await replyWithToken({ kid: 'key-1' })(request, response);
      };
      const waiting = client.getTokenDetails(aud);
      await vi.waitFor(() => expect(dead).toHaveLength(1));
      client.invalidate(target);
      const { kid } = await waiting;
      for (const release of dead) release(undefined as never, undefined as never);
      await landed();
      expect(kid).toBe('key-2');
      expect((await client.getTokenDetails(aud)).kid).toBe('key-2');
    },
  );
});

describe('the bound', () => {
  it('holds over 20,000 audiences, and spares what is in use', async () => {
    const signed = replyWithToken();
    const fetch: typeof globalThis.fetch = async (_, init) => {
      let text = '';
      const response = { writeHead: () => response, end: (body: string) => (text = body) };
      await signed(
        { path: '/v1/tokens', headers: {}, body: JSON.parse(String(init?.body)) },
        response as never,
      );
      return new Response(text);
    };
    const client = newClient({ fetch });
    const token = await client.getToken(aud);
    for (let i = 0; i < 20_000; i += 500) {
      await Promise.all(
        Array.from({ length: 500 }, (_, j) => client.getToken(`https://${i + j}.example.com`)),
      );
      expect(client.peek(aud)).toBe(token);
      expect(client.stats().entries).toBeLessThanOrEqual(1000);
    }
  });
});

describe('concurrency', () => {
  it('makes one request for 1,000 cold calls', async () => {
    const client = newClient();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => client.getToken(aud)));
    expect(new Set(tokens).size).toBe(1);
    expect(server.requests).toHaveLength(1);
  });

  it('makes one request when 999 of 1,000 abort, and the one gets its token', async () => {
    server.reply = after(100, replyWithToken());
    const client = newClient();
    const abort = new AbortController();
    const reason = new Error('enough');
    const aborted = Array.from({ length: 999 }, () => client.getToken(aud, { signal: abort.signal }));
    const one = client.getToken(aud);
    setTimeout(() => abort.abort(reason), 20);
    const outcomes = await Promise.allSettled(aborted);
    expect(outcomes.every((outcome) => outcome.status === 'rejected' && outcome.reason === reason)).toBe(
      true,
    );
    expect(await one).toBe(client.peek(aud));
    expect(server.requests).toHaveLength(1);
  });

  it('rejects at once with the reason of a signal that is aborted already', async () => {
    const client = newClient();
    await client.getToken(aud);
    const reason = new Error('before');
    await expect(client.getToken(aud, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('makes one flight of tries for 1,000 callers of a service that is down, and tries again at the next call', async () => {
    server.reply = unavailable;
    const client = newClient();
    const outcomes = await Promise.allSettled(Array.from({ length: 1000 }, () => client.getToken(aud)));
    expect(
      outcomes.every(
        (outcome) => outcome.status === 'rejected' && outcome.reason.code === 'signer_unavailable',
      ),
    ).toBe(true);
    expect(server.requests).toHaveLength(4);
    server.reply = replyWithToken();
    await client.getToken(aud);
    expect(server.requests).toHaveLength(5);
  });
});

it.each([0, 10, 20, 29, 31, 40, 47, 49, 50])(
  'lets no caller see an error when the service is down from minute %i for ten minutes',
  async (from) => {
    const client = newClient({ timeoutMs: 500 });
    await client.getToken(aud);
    clocks.pass(from * minute);
    const wasFresh = server.requests.length;
    client.peek(aud);
    await landed();
    server.reply = unavailable;
    for (let seconds = 0; seconds < 600; seconds += 20) {
      await expect(client.getToken(aud)).resolves.toBeTypeOf('string');
      await delay(2);
      clocks.pass(20_000);
    }
    server.reply = replyWithToken();
    const before = server.requests.length;
    clocks.pass(31_000);
    await client.getToken(aud);
    await landed();
    await client.getToken(aud);
    expect(server.requests.length - before).toBeLessThanOrEqual(1);
    expect(wasFresh).toBe(1);
  },
);

it('fails clearly when the service is down at expiry, and the next call tries again', async () => {
  const client = newClient();
  await client.getToken(aud);
  clocks.pass(60 * minute);
  server.reply = unavailable;
  await expect(client.getToken(aud)).rejects.toMatchObject({ code: 'signer_unavailable', status: 503 });
  server.reply = replyWithToken();
  await expect(client.getToken(aud)).resolves.toBeTypeOf('string');
});

it('tells onEvent of hits, refreshes, stale answers and failures, without a token', async () => {
  const events: TokenEvent[] = [];
  const client = newClient({
    onEvent(event) {
      events.push(event);
      throw new Error('a listener of its own mind');
    },
  });
  const token = await client.getToken(aud);
  await client.getToken(aud);
  clocks.pass(50 * minute);
  server.reply = unavailable;
  await client.getToken(aud);
  await landed();
  expect(events).toMatchObject([
    { type: 'refresh', aud, durationMs: expect.any(Number), expiresInSeconds: 3600, reused: false },
    { type: 'hit', aud },
    { type: 'stale', aud },
    {
      type: 'failure',
      aud,
      durationMs: expect.any(Number),
      error: { code: 'signer_unavailable', status: 503 },
    },
  ]);
  expect(JSON.stringify(events)).not.toContain(token);
});
