import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { TokenClient } from '../../../sdk/src/client.ts';
import type { CountersignError } from '../../../sdk/src/errors.ts';
import { type FaultProxy, startFaultProxy } from '../../support/faults/fault-proxy.ts';
import { type LocalFunction, startFunction } from '../../support/function.ts';

const signJwt = /:signJwt$/;

let local: LocalFunction;
let iam: FaultProxy;

beforeAll(async () => {
  local = await startFunction({
    iam: async (origin) => {
      iam = await startFaultProxy(origin);
      return iam.origin;
    },
  });
  return () => iam.close();
});

async function clientWith(timeoutMs: number): Promise<TokenClient> {
  const token = await local.idToken();
  return new TokenClient({ url: local.url, callerToken: async () => token, timeoutMs });
}

const failureOf = (work: Promise<unknown>) =>
  work.then(
    () => undefined,
    (error: CountersignError) => error,
  );

test('the time that a call has left goes from the SDK through the function to IAM', async () => {
  await iam.meet('status 503', signJwt, undefined);
  onTestFinished(() => iam.mend());
  const client = await clientWith(5_000);
  await failureOf(client.getToken('https://left.example.com'));
  const left = iam.met.map((headers) => Number(headers['x-server-timeout']));
  expect(left.length).toBeGreaterThan(1);
  // A tenth is kept for the way back, and each further try has less.
  expect(left[0]).toBeLessThanOrEqual(4.5);
  expect(left.toSorted((a, b) => b - a)).toEqual(left);
});

test('the function answers before the SDK gives up, and says what was late', async () => {
  await iam.meet('black hole', signJwt, undefined);
  onTestFinished(() => iam.mend());
  const client = await clientWith(3_000);
  const failure = await failureOf(client.getToken('https://late.example.com'));
  // Only an answer of the function's has a status and an instance; the SDK's own deadline has none.
  expect(failure).toMatchObject({ code: 'deadline_exceeded', status: 504, retryable: true });
  expect(failure?.requestId).toMatch(/^urn:uuid:/);
  expect(failure?.message).toContain('IAM did not answer in time');
});

test('IAM is not asked for what could not be there in time', async () => {
  const client = await clientWith(5_000);
  await client.getToken('https://warm.example.com');
  const calls = () => local.emulator.stats().signJwt?.calls;
  const before = calls();
  // 18 ms are left for the work, and IAM is given 20 or none.
  const answer = await local.call('/v1/tokens', {
    body: { claims: { aud: 'https://short.example.com' } },
    headers: { 'x-server-timeout': '0.02' },
  });
  expect(await answer.json()).toMatchObject({ status: 504, code: 'deadline_exceeded' });
  const hurried = await clientWith(20);
  expect(await failureOf(hurried.getToken('https://hurried.example.com'))).toMatchObject({
    code: expect.stringMatching(/^(deadline_exceeded|caller_token_unavailable)$/),
  });
  await client.getToken('https://after.example.com');
  expect(calls()).toBe((before ?? 0) + 1);
});
