import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { after, aud, landed, minute, setClientStage } from '../../support/client-stage.ts';
import { type Reply, replyWithProblem, replyWithToken } from '../../support/token-server.ts';

const { stage, newClient } = setClientStage();

describe('forceRefresh', () => {
  it('has a token signed anew, and keeps it', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    const forced = await client.getToken(aud, { forceRefresh: true });
    expect(forced).not.toBe(token);
    expect(await client.getToken(aud)).toBe(forced);
    expect(stage.server.requests[1]?.headers['cache-control']).toBe('no-cache');
  });

  it('makes one request for many, and overtakes one that may be answered from reuse', async () => {
    stage.server.reply = after(50, replyWithToken());
    const client = newClient();
    const plain = client.getToken(aud);
    await delay(10);
    const forced = await Promise.all(
      Array.from({ length: 20 }, () => client.getToken(aud, { forceRefresh: true })),
    );
    expect(new Set([...forced, await plain]).size).toBe(1);
    expect(stage.server.requests.map(({ headers }) => headers['cache-control'])).toEqual([
      undefined,
      'no-cache',
    ]);
  });
});

describe('invalidate', () => {
  it('drops one audience, or one key, or all', async () => {
    const client = newClient();
    const b = 'https://b.example.com';
    await client.getToken(aud);
    stage.server.reply = replyWithToken({ kid: 'key-2' });
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
    stage.clocks.pass(60 * minute);
    await client.getToken(aud);
    expect(stage.server.requests.map(({ headers }) => headers['cache-control'])).toEqual([
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
      stage.server.reply = async (request, response) => {
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

describe('invalidate of a key', () => {
  it('spares a token of another key while its refresh is under way', async () => {
    stage.server.reply = replyWithToken({ kid: 'key-2' });
    const client = newClient();
    const token = await client.getToken(aud);
    stage.clocks.pass(50 * minute);
    stage.server.reply = after(100, replyWithToken({ kid: 'key-3' }));
    expect(client.peek(aud)).toBe(token);
    await vi.waitFor(() => expect(stage.server.requests).toHaveLength(2));
    client.invalidate({ kid: 'key-1' });
    expect(client.peek(aud)).toBe(token);
    await vi.waitFor(() => expect(client.stats().refreshes).toBe(2));
    expect(stage.server.requests.map(({ headers }) => headers['cache-control'])).toEqual([
      undefined,
      undefined,
      'no-cache',
    ]);
  });
});

it('has tokens signed anew that were invalidated last, however many were before', async () => {
  const client = newClient({ maxEntries: 2 });
  for (const each of ['a', aud, 'b', aud, 'c']) client.invalidate(each);
  await client.getToken(aud);
  expect(stage.server.requests[0]?.headers['cache-control']).toBe('no-cache');
});

describe('a request that fixes a claim', () => {
  const request = { aud, ttlSeconds: 600, claims: { jti: 'one' } };

  it('is rejected where its token lives too short for the call, or at all', async () => {
    await expect(newClient().getToken(request, { minValiditySeconds: 700 })).rejects.toMatchObject({
      code: 'invalid_response',
    });
    stage.server.reply = replyWithToken({ lifetimeSeconds: 600, expiresInSeconds: 50 });
    await expect(newClient().getToken(request)).rejects.toMatchObject({ code: 'invalid_response' });
    await expect(newClient().getToken(request, { minValiditySeconds: Number.NaN })).rejects.toThrow(
      TypeError,
    );
  });

  it('is counted and told of as any other', async () => {
    const types: string[] = [];
    const client = newClient({ onEvent: ({ type }) => types.push(type) });
    await client.getToken(request);
    stage.server.reply = replyWithProblem(403, 'policy_denied');
    await expect(client.getToken(request)).rejects.toMatchObject({ code: 'policy_denied' });
    expect(types).toEqual(['refresh', 'failure']);
    expect(client.stats()).toEqual({ entries: 0, hits: 0, misses: 2, refreshes: 1, stale: 0, failures: 1 });
  });

  it('ends with its caller, which is no failure of the service', async () => {
    stage.server.reply = () => {};
    const client = newClient();
    const abort = new AbortController();
    const call = client.getToken(request, { signal: abort.signal });
    await vi.waitFor(() => expect(stage.server.requests).toHaveLength(1));
    abort.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await landed();
    expect(client.stats().failures).toBe(0);
  });
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
