import { expect, test } from 'vitest';
import { Problem } from '../../../functions/contract/problem.ts';
import { Limiter } from '../../../functions/events/limiter.ts';
import { type DecidedItem, signItems } from '../../../functions/events/sign-items.ts';
import type { PreparedToken } from '../../../functions/issuance/issue-token.ts';

const claims = { aud: 'https://a.example.com', iss: 's', sub: 's', iat: 1, exp: 2 };
const token = { token: 'a.b.c', kid: 'k', claims, expiresInSeconds: 1, reused: false };
const item = (id: string, issue: PreparedToken['issue']): DecidedItem => ({
  id,
  prepared: { claims, grant: {} as PreparedToken['grant'], issue },
});
const scope = (milliseconds: number) => ({
  requestId: 'r',
  deadline: performance.now() + milliseconds,
  traceparent: undefined,
});
const passing = () => new Problem('signer_unavailable', 'down');

test('a bad item never fails its neighbours, and what lasts is tried once', async () => {
  let tries = 0;
  const items = [
    item('good', async () => token),
    { id: 'denied', problem: new Problem('policy_denied', 'no') },
    item('rejected', async () => {
      tries += 1;
      throw new Problem('signer_rejected', 'no');
    }),
  ];
  expect(await signItems(items, new Limiter(64), scope(60_000))).toMatchObject([
    { id: 'good', token: 'a.b.c' },
    { id: 'denied', problem: { code: 'policy_denied' } },
    { id: 'rejected', problem: { code: 'signer_rejected' } },
  ]);
  expect(tries).toBe(1);
});

test('what passes is tried again, with growing pauses', async () => {
  const times: number[] = [];
  const issue = async () => {
    times.push(performance.now());
    if (times.length < 3) throw passing();
    return token;
  };
  expect(await signItems([item('late', issue)], new Limiter(64), scope(60_000))).toMatchObject([
    { id: 'late' },
  ]);
  const [first = 0, second = 0, third = 0] = times;
  // Half to one and a half times 200 ms, then 400 ms.
  expect(second - first).toBeGreaterThan(95);
  expect(third - second).toBeGreaterThan(195);
});

test('the whole batch is given up in time where one item finds IAM down until the deadline', async () => {
  const startedAt = performance.now();
  const items = [item('good', async () => token), item('never', () => Promise.reject(passing()))];
  await expect(signItems(items, new Limiter(64), scope(700))).rejects.toMatchObject({
    code: 'signer_unavailable',
  });
  // It would go on for good else.
  expect(performance.now() - startedAt).toBeLessThan(5_000);
});

test('a stopped instance begins no more items', async () => {
  const stopping = new AbortController();
  const begun: string[] = [];
  const items = ['a', 'b', 'c'].map((id) =>
    item(id, async () => {
      begun.push(id);
      stopping.abort();
      return token;
    }),
  );
  const signing = signItems(items, new Limiter(1), scope(60_000), stopping.signal);
  await expect(signing).rejects.toMatchObject({ code: 'delivery_unavailable' });
  expect(begun).toEqual(['a']);
});
