import { describe, expect, test } from 'vitest';
import { Problem } from '../../../functions/contract/problem.ts';
import { inTime } from '../../../functions/issuance/in-time.ts';
import { type SignedToken, TokenReuse } from '../../../functions/issuance/token-reuse.ts';
import { audience, now, signer } from '../../support/fixtures.ts';

const at = (time: number, deadline = Number.POSITIVE_INFINITY) => ({ now: time, deadline });

function counter() {
  let count = 0;
  const sign = async (): Promise<SignedToken> => {
    count += 1;
    await new Promise((resolve) => setImmediate(resolve));
    return {
      token: `t${count}`,
      kid: 'k1',
      claims: { iss: signer, sub: signer, aud: audience, iat: now, exp: now + 1000 },
    };
  };
  return { sign, count: () => count };
}

test('hands a token out again while 80 % of its life is left, and not a second longer', async () => {
  const reuse = new TokenReuse();
  const { sign } = counter();
  expect(await reuse.get('a', at(now), sign)).toMatchObject({ reused: false, token: { token: 't1' } });
  expect(await reuse.get('a', at(now + 200), sign)).toMatchObject({ reused: true, token: { token: 't1' } });
  expect(await reuse.get('a', at(now + 201), sign)).toMatchObject({ reused: false, token: { token: 't2' } });
});

test('signs once for 50 that ask at the same time', async () => {
  const reuse = new TokenReuse();
  const { sign, count } = counter();
  const answers = await Promise.all(Array.from({ length: 50 }, () => reuse.get('a', at(now), sign)));
  expect(count()).toBe(1);
  expect(answers.filter(({ reused }) => !reused)).toHaveLength(1);
});

test('keeps no failure: the next one asks anew', async () => {
  const reuse = new TokenReuse();
  const { sign } = counter();
  await expect(reuse.get('a', at(now), () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await reuse.get('a', at(now), sign)).toMatchObject({ reused: false });
});

test('a renewal that fails leaves the good token, one that succeeds takes its place', async () => {
  const reuse = new TokenReuse();
  const { sign } = counter();
  await reuse.get('a', at(now), sign);
  await expect(reuse.renew('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await reuse.get('a', at(now), sign)).toMatchObject({ token: { token: 't1' } });
  await reuse.renew('a', sign);
  expect(await reuse.get('a', at(now), sign)).toMatchObject({ token: { token: 't2' }, reused: true });
});

test('keeps at most 10,000 tokens, and lets the oldest go', async () => {
  const reuse = new TokenReuse();
  const { sign } = counter();
  for (let index = 0; index <= 10_000; index += 1) await reuse.renew(String(index), sign);
  expect(await reuse.get('1', at(now), sign)).toMatchObject({ reused: true });
  expect(await reuse.get('0', at(now), sign)).toMatchObject({ reused: false });
});

test('keeps no more than eight million characters of tokens', async () => {
  const reuse = new TokenReuse();
  const claims = { iss: signer, sub: signer, aud: audience, iat: now, exp: now + 1000 };
  const sign = async (): Promise<SignedToken> => ({ token: 'x'.repeat(100_000), kid: 'k1', claims });
  for (let index = 0; index < 100; index += 1) await reuse.get(String(index), at(now), sign);
  expect(await reuse.get('99', at(now), sign)).toMatchObject({ reused: true });
  expect(await reuse.get('17', at(now), sign)).toMatchObject({ reused: true });
  expect(await reuse.get('0', at(now), sign)).toMatchObject({ reused: false });
});

describe('callers of one token with different deadlines', () => {
  /** Signs once `land` is called, or fails at the deadline of the one who asked. */
  function flight(deadline: number) {
    const { promise, resolve } = Promise.withResolvers<SignedToken>();
    const claims = { iss: signer, sub: signer, aud: audience, iat: now, exp: now + 1000 };
    return {
      land: () => resolve({ token: 't1', kid: 'k1', claims }),
      sign: () => inTime(promise, deadline, 'IAM did not answer in time.'),
    };
  }

  test('one with little time does not wait for the other’s signing', async () => {
    const reuse = new TokenReuse();
    const { sign, land } = flight(Number.POSITIVE_INFINITY);
    const patient = reuse.get('a', at(now), sign);
    const hurried = reuse.get('a', at(now, performance.now() + 20), sign);
    await expect(hurried).rejects.toMatchObject({ code: 'deadline_exceeded' });
    land();
    expect(await patient).toMatchObject({ token: { token: 't1' } });
  });

  test('one with more time signs anew where the other’s ran out', async () => {
    const reuse = new TokenReuse();
    const { sign } = counter();
    const hurried = reuse.get('a', at(now), flight(performance.now() + 20).sign);
    const patient = [reuse.get('a', at(now), sign), reuse.get('a', at(now), sign)];
    await expect(hurried).rejects.toMatchObject({ code: 'deadline_exceeded' });
    const answers = await Promise.all(patient);
    expect(answers.map(({ reused }) => reused)).toEqual([false, true]);
  });

  test('a failure that is no want of time is everybody’s', async () => {
    const reuse = new TokenReuse();
    const sign = () => Promise.reject(new Problem('signer_unavailable', 'down'));
    const asked = [reuse.get('a', at(now), sign), reuse.get('a', at(now), sign)];
    for (const each of asked) await expect(each).rejects.toMatchObject({ code: 'signer_unavailable' });
  });
});
