import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import type { TokenEvent } from '../../../sdk/src/index.ts';
import { after, aud, landed, minute, setClientStage } from '../../support/client-stage.ts';
import { replyWithProblem, replyWithToken } from '../../support/token-server.ts';

const unavailable = replyWithProblem(503, 'signer_unavailable');
const { stage, newClient } = setClientStage();

describe('the refresh window', () => {
  it('does not open before half of the life, and is open at 80 %', async () => {
    for (let clients = 0; clients < 10; clients++) {
      const client = newClient();
      const token = await client.getToken(aud);
      stage.clocks.pass(29 * minute);
      expect(client.peek(aud)).toBe(token);
      expect(client.stats()).toMatchObject({ hits: 1, stale: 0 });
      stage.clocks.pass(20 * minute);
      expect(client.peek(aud)).toBe(token);
      expect(client.stats()).toMatchObject({ hits: 1, stale: 1 });
    }
  });

  it('is counted on the whole life, also of a token that came reused', async () => {
    stage.server.reply = replyWithToken({ lifetimeSeconds: 3600, expiresInSeconds: 2880, reused: true });
    const client = newClient();
    await client.getToken(aud);
    stage.clocks.pass(37 * minute);
    client.peek(aud);
    expect(client.stats()).toMatchObject({ stale: 1 });
  });

  it('opens at another moment in each client', async () => {
    const opened = new Set<boolean>();
    for (let clients = 0; clients < 40; clients++) {
      const client = newClient();
      await client.getToken(aud);
      stage.clocks.pass(39 * minute);
      client.peek(aud);
      opened.add(client.stats().stale === 1);
    }
    expect(opened).toEqual(new Set([true, false]));
  });

  it('hands the kept token out at once while one refresh runs, to a thousand callers', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    stage.clocks.pass(50 * minute);
    stage.server.reply = after(300, replyWithToken());
    const began = process.hrtime.bigint();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => client.getToken(aud)));
    expect(Number(process.hrtime.bigint() - began) / 1e6).toBeLessThan(90);
    expect(new Set(tokens)).toEqual(new Set([token]));
    await vi.waitFor(() => expect(client.stats().refreshes).toBe(2));
    expect(stage.server.requests).toHaveLength(2);
    expect(await client.getToken(aud)).not.toBe(token);
  });

  it('keeps serving the valid token when the refresh fails, and backs off', async () => {
    const client = newClient();
    const token = await client.getToken(aud);
    stage.clocks.pass(49 * minute);
    stage.server.reply = unavailable;
    for (let seconds = 0; seconds < 60; seconds++) {
      expect(await client.getToken(aud)).toBe(token);
      await delay(4);
      stage.clocks.pass(1000);
    }
    // At 0 s, then 1-2, 2-4, 4-8, 8-16 and 16-30 s later: not sixty.
    expect(stage.server.requests.length - 1).toBeGreaterThanOrEqual(4);
    expect(stage.server.requests.length - 1).toBeLessThanOrEqual(7);
    stage.server.reply = replyWithToken();
    stage.clocks.pass(31_000);
    expect(await client.getToken(aud)).toBe(token);
    await landed();
    const [requests, refreshed] = [stage.server.requests.length, await client.getToken(aud)];
    expect(refreshed).not.toBe(token);
    expect(stage.server.requests).toHaveLength(requests);
    expect(client.stats().failures).toBe(requests - 2);
  });

  it('stays shut where a forced call fails before it', async () => {
    const client = newClient();
    await client.getToken(aud);
    stage.server.reply = unavailable;
    await expect(client.getToken(aud, { forceRefresh: true })).rejects.toThrow();
    stage.clocks.pass(20 * minute);
    client.peek(aud);
    expect(client.stats()).toMatchObject({ hits: 1, stale: 0 });
  });

  it('does not refresh before a Retry-After has passed', async () => {
    const client = newClient();
    await client.getToken(aud);
    stage.clocks.pass(49 * minute);
    stage.server.reply = replyWithProblem(503, 'signer_unavailable', { headers: { 'retry-after': '120' } });
    await client.getToken(aud);
    await landed();
    for (const [seconds, requests] of [
      [110, 2],
      [15, 3],
    ] as const) {
      stage.clocks.pass(seconds * 1000);
      await client.getToken(aud);
      await landed();
      expect(stage.server.requests).toHaveLength(requests);
    }
  });
});

it('drops what an onEvent throws, also after a while', async () => {
  const rejected = vi.fn();
  process.on('unhandledRejection', rejected);
  const client = newClient({
    async onEvent() {
      await delay(1);
      throw new Error('a listener of its own mind');
    },
  });
  await client.getToken(aud);
  await landed();
  process.off('unhandledRejection', rejected);
  expect(rejected).not.toHaveBeenCalled();
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
  stage.clocks.pass(50 * minute);
  stage.server.reply = unavailable;
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
