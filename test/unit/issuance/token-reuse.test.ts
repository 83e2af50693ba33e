import { expect, test } from 'vitest';
import { type SignedToken, TokenReuse } from '../../../functions/issuance/token-reuse.ts';
import { audience, now, signer } from '../../support/fixtures.ts';

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
  expect(await reuse.get('a', now, sign)).toMatchObject({ reused: false, token: { token: 't1' } });
  expect(await reuse.get('a', now + 200, sign)).toMatchObject({ reused: true, token: { token: 't1' } });
  expect(await reuse.get('a', now + 201, sign)).toMatchObject({ reused: false, token: { token: 't2' } });
});

test('signs once for 50 that ask at the same time', async () => {
  const reuse = new TokenReuse();
  const { sign, count } = counter();
  const answers = await Promise.all(Array.from({ length: 50 }, () => reuse.get('a', now, sign)));
  expect(count()).toBe(1);
  expect(answers.filter(({ reused }) => !reused)).toHaveLength(1);
});

test('keeps no failure: the next one asks anew', async () => {
  const reuse = new TokenReuse();
  const { sign } = counter();
  await expect(reuse.get('a', now, () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await reuse.get('a', now, sign)).toMatchObject({ reused: false });
});

test('a renewal that fails leaves the good token, one that succeeds takes its place', async () => {
  const reuse = new TokenReuse();
  const { sign } = counter();
  await reuse.get('a', now, sign);
  await expect(reuse.renew('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await reuse.get('a', now, sign)).toMatchObject({ token: { token: 't1' } });
  await reuse.renew('a', sign);
  expect(await reuse.get('a', now, sign)).toMatchObject({ token: { token: 't2' }, reused: true });
});

test('keeps at most 10,000 tokens, and lets the oldest go', async () => {
  const reuse = new TokenReuse();
  const { sign } = counter();
  for (let index = 0; index <= 10_000; index += 1) await reuse.renew(String(index), sign);
  expect(await reuse.get('1', now, sign)).toMatchObject({ reused: true });
  expect(await reuse.get('0', now, sign)).toMatchObject({ reused: false });
});

test('keeps no more than eight million characters of tokens', async () => {
  const reuse = new TokenReuse();
  const claims = { iss: signer, sub: signer, aud: audience, iat: now, exp: now + 1000 };
  const sign = async (): Promise<SignedToken> => ({ token: 'x'.repeat(100_000), kid: 'k1', claims });
  for (let index = 0; index < 100; index += 1) await reuse.get(String(index), now, sign);
  expect(await reuse.get('99', now, sign)).toMatchObject({ reused: true });
  expect(await reuse.get('17', now, sign)).toMatchObject({ reused: true });
  expect(await reuse.get('0', now, sign)).toMatchObject({ reused: false });
});
