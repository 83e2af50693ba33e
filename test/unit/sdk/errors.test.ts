import { expect, it } from 'vitest';
import problems from '../../../functions/contract/problems.json' with { type: 'json' };
import sdkProblems from '../../../functions/contract/sdk-problems.json' with { type: 'json' };
import { CountersignError } from '../../../sdk/src/index.ts';

const table = Object.entries({ ...problems, ...sdkProblems }) as [
  CountersignError['code'],
  { status?: number; retryable: boolean },
][];

it.each(table)('calls %s retryable as the problem table does', (code, { status, retryable }) => {
  expect(new CountersignError(code, 'found', { status }).retryable).toBe(retryable);
});

it('keeps no more of a cause than its code or name', () => {
  const cause = (error: unknown) =>
    (new CountersignError('internal', 'found', { cause: error }).cause as Error).message;
  expect(cause(new TypeError('eyJ', { cause: { code: 'ENOTFOUND' } }))).toBe('ENOTFOUND');
  expect(cause(new RangeError('eyJ'))).toBe('RangeError');
});

it('has a list of errors where a server gave none, in whatever way', () => {
  expect(new CountersignError('internal', 'found', { errors: null as never }).errors).toEqual([]);
});
