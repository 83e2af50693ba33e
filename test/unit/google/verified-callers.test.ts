import { beforeEach, expect, test } from 'vitest';
import { VerifiedCallers } from '../../../functions/google/verified-callers.ts';
import { now } from '../../support/fixtures.ts';

const caller = { member: 'serviceAccount:a@b.iam.gserviceaccount.com', sub: '1' };
let callers: VerifiedCallers;

beforeEach(() => {
  callers = new VerifiedCallers();
});

test('a verified token is known for five minutes, and not a second longer', () => {
  callers.add('token', { caller, kid: 'k1', exp: now + 3600 }, now);
  expect(callers.get('token', now + 299)).toMatchObject({ caller, kid: 'k1' });
  expect(callers.get('token', now + 300)).toBeUndefined();
});

test('a token is never known past its exp', () => {
  callers.add('token', { caller, kid: 'k1', exp: now + 10 }, now);
  expect(callers.get('token', now + 9)).toBeDefined();
  expect(callers.get('token', now + 10)).toBeUndefined();
});

test('another token is not known', () => {
  callers.add('token', { caller, kid: 'k1', exp: now + 3600 }, now);
  expect(callers.get('token2', now)).toBeUndefined();
});

test('10,000 callers are kept, and the oldest goes', () => {
  for (let index = 0; index <= 10_000; index += 1)
    callers.add(`t${index}`, { caller, kid: 'k1', exp: now + 9 }, now);
  expect(callers.get('t0', now)).toBeUndefined();
  expect(callers.get('t1', now)).toBeDefined();
});
