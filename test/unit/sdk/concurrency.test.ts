import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { after, aud, landed, minute, setClientStage } from '../../support/client-stage.ts';
import { replyWithProblem, replyWithToken } from '../../support/token-server.ts';

const unavailable = replyWithProblem(503, 'signer_unavailable');
const { stage, newClient } = setClientStage();

describe('concurrency', () => {
  it('makes one request for 1,000 cold calls', async () => {
    const client = newClient();
    const tokens = await Promise.all(Array.from({ length: 1000 }, () => client.getToken(aud)));
    expect(new Set(tokens).size).toBe(1);
    expect(stage.server.requests).toHaveLength(1);
  });

  it('makes one request when 999 of 1,000 abort, and the one gets its token', async () => {
    stage.server.reply = after(100, replyWithToken());
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
    expect(stage.server.requests).toHaveLength(1);
  });

  it('rejects at once with the reason of a signal that is aborted already', async () => {
    const client = newClient();
    await client.getToken(aud);
    const reason = new Error('before');
    await expect(client.getToken(aud, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('makes one flight of tries for 1,000 callers of a service that is down, and tries again at the next call', async () => {
    stage.server.reply = unavailable;
    const client = newClient();
    const outcomes = await Promise.allSettled(Array.from({ length: 1000 }, () => client.getToken(aud)));
    expect(
      outcomes.every(
        (outcome) => outcome.status === 'rejected' && outcome.reason.code === 'signer_unavailable',
      ),
    ).toBe(true);
    expect(stage.server.requests).toHaveLength(4);
    stage.server.reply = replyWithToken();
    await client.getToken(aud);
    expect(stage.server.requests).toHaveLength(5);
  });
});

it('does not wait for a flight that was frozen past its deadline, and serves those that did', async () => {
  stage.server.reply = () => {};
  const client = newClient();
  const frozen = client.getToken(aud);
  await vi.waitFor(() => expect(stage.server.requests).toHaveLength(1));
  stage.clocks.pass(11_000);
  stage.server.reply = replyWithToken();
  expect(await client.getToken(aud)).toBe(await frozen);
  expect(stage.server.requests).toHaveLength(2);
});

it('has a token signed anew also where the flight that was to do so was frozen past its deadline', async () => {
  stage.server.reply = () => {};
  const client = newClient();
  const forced = client.getToken(aud, { forceRefresh: true });
  await vi.waitFor(() => expect(stage.server.requests).toHaveLength(1));
  stage.clocks.pass(11_000);
  stage.server.reply = replyWithToken();
  expect(await client.getToken(aud)).toBe(await forced);
  expect(stage.server.requests[1]?.headers['cache-control']).toBe('no-cache');
});

it('ends the calls of a flight that was frozen past their deadlines, also where it is invalidated', async () => {
  stage.server.reply = () => {};
  const client = newClient();
  const first = client.getToken(aud);
  stage.clocks.pass(1_000);
  const calls = [first, client.getToken(aud), client.getToken(aud)];
  await vi.waitFor(() => expect(stage.server.requests).toHaveLength(1));
  stage.clocks.pass(11_000);
  client.invalidate(aud);
  for (const outcome of await Promise.allSettled(calls)) {
    expect(outcome).toMatchObject({ status: 'rejected', reason: { code: 'deadline_exceeded' } });
  }
});

it.each([0, 10, 20, 29, 31, 40, 47, 49, 50])(
  'lets no caller see an error when the service is down from minute %i for ten minutes',
  async (from) => {
    const client = newClient({ timeoutMs: 500 });
    await client.getToken(aud);
    stage.clocks.pass(from * minute);
    const wasFresh = stage.server.requests.length;
    client.peek(aud);
    await landed();
    stage.server.reply = unavailable;
    for (let seconds = 0; seconds < 600; seconds += 20) {
      await expect(client.getToken(aud)).resolves.toBeTypeOf('string');
      await delay(2);
      stage.clocks.pass(20_000);
    }
    await landed();
    stage.server.reply = replyWithToken();
    const before = stage.server.requests.length;
    stage.clocks.pass(31_000);
    await client.getToken(aud);
    await landed();
    await client.getToken(aud);
    expect(stage.server.requests.length - before).toBeLessThanOrEqual(1);
    expect(wasFresh).toBe(1);
  },
);

it('fails clearly when the service is down at expiry, and the next call tries again', async () => {
  const client = newClient();
  await client.getToken(aud);
  stage.clocks.pass(60 * minute);
  stage.server.reply = unavailable;
  await expect(client.getToken(aud)).rejects.toMatchObject({ code: 'signer_unavailable', status: 503 });
  stage.server.reply = replyWithToken();
  await expect(client.getToken(aud)).resolves.toBeTypeOf('string');
});
