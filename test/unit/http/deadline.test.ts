import type { IncomingMessage } from 'node:http';
import { expect, test, vi } from 'vitest';
import { deadlineOf } from '../../../functions/http/deadline.ts';

/** Seconds until the deadline of a request with this header. */
function secondsLeft(...values: string[]): number {
  vi.spyOn(performance, 'now').mockReturnValue(1_000_000);
  const rawHeaders = values.flatMap((value) => ['X-Server-Timeout', value]);
  return (deadlineOf({ rawHeaders } as IncomingMessage, 9_000) - performance.now()) / 1000;
}

test.each([
  ['nine tenths of what the caller has', '5', 4.5],
  ['fractions of seconds', '1.500', 1.35],
  ['nothing where the caller has nothing', '0', 0],
  ['no more than its own limit', '3600', 9],
  ['its own limit where there is a unit', '5s', 9],
  ['its own limit where it is negative', '-5', 9],
  ['its own limit where it is no number', 'NaN', 9],
  ['its own limit where it is past counting', '1e9', 9],
])('a request is given %s', (_what, value, seconds) => {
  expect(secondsLeft(value)).toBe(seconds);
});

test('a request without the header is given the function’s own limit', () => {
  expect(secondsLeft()).toBe(9);
});
