import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { aud, failure, setClientStage } from '../../support/client-stage.ts';
import {
  type Reply,
  replyWithProblem,
  replyWithToken,
  serverTimeSeconds,
} from '../../support/token-server.ts';

const secret = 'caller-token-that-nobody-else-may-see';

/** The replies in turn, the last one for ever. */
const inTurn = (...replies: Reply[]): Reply => {
  return (request, response) => (replies.length > 1 ? replies.shift() : replies[0])?.(request, response);
};
const reset: Reply = (_, response) => void response.destroy();
const silent: Reply = () => {};
const { stage, newClient } = setClientStage(secret);

describe('retries', () => {
  it.each<[string, Reply]>([
    ['429', replyWithProblem(429, 'rate_limited')],
    ['502', replyWithProblem(502, 'signer_response_invalid')],
    ['503', replyWithProblem(503, 'signer_unavailable')],
    ['504', replyWithProblem(504, 'deadline_exceeded')],
    ['503 of a front end', (_, response) => void response.writeHead(503).end('<html>')],
    ['a reset connection', reset],
  ])('try again after %s', async (_, reply) => {
    stage.server.reply = inTurn(reply, reply, reply, replyWithToken());
    await expect(newClient().getToken(aud)).resolves.toBeTypeOf('string');
    expect(stage.server.requests).toHaveLength(4);
  });

  it('end after three, with the last error', async () => {
    stage.server.reply = inTurn(reset, reset, reset, replyWithProblem(503, 'signer_quota_exceeded'));
    expect(await failure(newClient())).toMatchObject({
      code: 'signer_quota_exceeded',
      status: 503,
      retryable: true,
    });
    expect(stage.server.requests).toHaveLength(4);
  });

  it.each<[string, number]>([
    ['invalid_claims', 400],
    ['unauthenticated', 401],
    ['policy_denied', 403],
    ['internal', 500],
    ['signer_permission_missing', 502],
    ['signer_rejected', 502],
  ])('do not happen after %s', async (code, status) => {
    stage.server.reply = replyWithProblem(status, code);
    expect(await failure(newClient())).toMatchObject({ code, status });
    expect(stage.server.requests).toHaveLength(1);
  });

  it('wait as long as Retry-After says, in seconds or as a date', async () => {
    const inASecond = () => new Date((serverTimeSeconds() + 2) * 1000).toUTCString();
    for (const value of [() => '1', inASecond]) {
      stage.server.reply = inTurn(
        (request, response) =>
          replyWithProblem(429, 'rate_limited', { headers: { 'retry-after': value() } })(request, response),
        replyWithToken(),
      );
      const began = performance.now();
      await newClient().getToken(aud);
      expect(performance.now() - began).toBeGreaterThan(1000);
      expect(performance.now() - began).toBeLessThan(5000);
    }
  });

  it('do not wait for a Retry-After that the deadline forbids', async () => {
    stage.server.reply = replyWithProblem(429, 'rate_limited', { headers: { 'retry-after': '60' } });
    const began = performance.now();
    expect(await failure(newClient())).toMatchObject({ code: 'rate_limited', retryAfterSeconds: 60 });
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('wait for no date of a server that does not tell its own', async () => {
    const unavailable = replyWithProblem(503, 'signer_unavailable', {
      headers: { 'retry-after': new Date((serverTimeSeconds() + 60) * 1000).toUTCString() },
    });
    stage.server.reply = (request, response) => {
      response.sendDate = false;
      return unavailable(request, response);
    };
    expect(await failure(newClient())).toMatchObject({ retryAfterSeconds: undefined });
    expect(stage.server.requests).toHaveLength(4);
  });

  it('are spread by jitter', async () => {
    stage.server.reply = replyWithProblem(503, 'signer_unavailable');
    const times = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const began = performance.now();
        await failure(newClient());
        return Math.round(performance.now() - began);
      }),
    );
    expect(new Set(times).size).toBeGreaterThan(1);
  });
});

describe('the deadline', () => {
  it.each<[string, Reply]>([
    ['never answers', silent],
    ['never ends its headers', (_, response) => void response.socket?.write('HTTP/1.1 200 OK\r\n')],
    ['never ends its body', (_, response) => void response.writeHead(200).write('{"token":')],
  ])('is deadline_exceeded where the service %s', async (_, reply) => {
    stage.server.reply = reply;
    const began = performance.now();
    expect(await failure(newClient({ timeoutMs: 200 }))).toMatchObject({
      code: 'deadline_exceeded',
      status: undefined,
      retryable: true,
    });
    expect(performance.now() - began).toBeLessThan(400);
  });

  it('is the error of the last answer where there was one', async () => {
    stage.server.reply = inTurn(replyWithProblem(503, 'signer_unavailable'), silent);
    expect(await failure(newClient({ timeoutMs: 400 }))).toMatchObject({ code: 'signer_unavailable' });
  });

  it('covers a callerToken function and a fetch that ignore their signal', async () => {
    const never = () => new Promise<never>(() => {});
    const client = newClient({ timeoutMs: 100, callerToken: never });
    expect(await failure(client)).toMatchObject({ code: 'caller_token_unavailable' });
    expect(await failure(newClient({ timeoutMs: 100, fetch: never }))).toMatchObject({
      code: 'deadline_exceeded',
    });
  });

  it('is one for the whole call: a token that must be asked for twice does not double it', async () => {
    const reused = replyWithToken({ lifetimeSeconds: 3600, expiresInSeconds: 2900, reused: true });
    stage.server.reply = async (request, response) => {
      await delay(200);
      return request.headers['cache-control'] ? undefined : reused(request, response);
    };
    const began = performance.now();
    const call = newClient({ timeoutMs: 400 }).getToken(aud, { minValiditySeconds: 3000 });
    await expect(call).rejects.toMatchObject({ code: 'deadline_exceeded' });
    expect(performance.now() - began).toBeLessThan(600);
  });

  it('leaves no timer behind', async () => {
    stage.server.reply = inTurn(replyWithProblem(503, 'signer_unavailable'), replyWithToken());
    const timeouts = vi.spyOn(globalThis, 'setTimeout');
    const abort = new AbortController();
    const call = newClient().getToken({ aud, claims: { jti: 'a' } }, { signal: abort.signal });
    setTimeout(() => abort.abort(new Error('enough')), 30);
    await expect(call).rejects.toThrow('enough');
    await delay(5);
    const timers = timeouts.mock.results.map(
      ({ value }) => value as NodeJS.Timeout & { _destroyed: boolean },
    );
    expect(timers.length).toBeGreaterThanOrEqual(2);
    expect(timers.filter((timer) => timer.hasRef() && !timer._destroyed)).toEqual([]);
  });
});

it('says what kind of fault the network had', async () => {
  await stage.server[Symbol.asyncDispose]();
  const error = await failure(newClient({ timeoutMs: 150 }));
  expect(error).toMatchObject({ code: 'network_error', retryable: true, status: undefined });
  expect(error.message).toBe(`${stage.server.url}/v1/tokens could not be reached: ECONNREFUSED`);
  expect((error.cause as Error).message).toBe('ECONNREFUSED');
});
