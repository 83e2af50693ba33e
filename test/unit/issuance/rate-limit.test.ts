import { afterEach, expect, test, vi } from 'vitest';
import { RateLimit } from '../../../functions/issuance/rate-limit.ts';

let time = 0;
vi.spyOn(performance, 'now').mockImplementation(() => time);

afterEach(() => {
  time = 0;
});

function takeAll(limit: RateLimit, member: string): number {
  for (let taken = 0; ; taken += 1) {
    try {
      limit.take(member);
    } catch (error) {
      expect(error).toMatchObject({ code: 'rate_limited' });
      return taken;
    }
  }
}

test('by default a caller has a burst of 1,000, and then 100 a second', () => {
  const limit = new RateLimit(6000);
  expect(takeAll(limit, 'a')).toBe(1000);
  time += 1000;
  expect(takeAll(limit, 'a')).toBe(100);
});

test('one caller spends nothing of another’s', () => {
  const limit = new RateLimit(60);
  takeAll(limit, 'a');
  expect(takeAll(limit, 'b')).toBe(10);
});

test('a caller hears how long to wait', () => {
  const limit = new RateLimit(6);
  limit.take('a');
  expect(() => limit.take('a')).toThrow(expect.objectContaining({ retryAfterSeconds: 10 }));
  time += 9_999;
  expect(() => limit.take('a')).toThrow(expect.objectContaining({ retryAfterSeconds: 1 }));
  time += 1;
  expect(() => limit.take('a')).not.toThrow();
});

test('waiting fills the bucket no further than the burst', () => {
  const limit = new RateLimit(60);
  takeAll(limit, 'a');
  time += 3_600_000;
  expect(takeAll(limit, 'a')).toBe(10);
});

test('0 is no limit', () => {
  const limit = new RateLimit(0);
  for (let index = 0; index < 100_000; index += 1) limit.take('a');
});

test('the table of buckets is bounded: the least recently used goes', () => {
  const limit = new RateLimit(6);
  for (let index = 0; index <= 10_000; index += 1) limit.take(`caller-${index}`);
  expect(() => limit.take('caller-0')).not.toThrow();
  expect(() => limit.take('caller-10000')).toThrow(expect.objectContaining({ code: 'rate_limited' }));
});
