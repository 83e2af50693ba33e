import { expect, test } from 'vitest';
import { fuzzFunction } from '../support/fuzz/fuzz-function.ts';

test('100,000 hostile requests to every route: each answer is of the contract, and memory stays as it was', async () => {
  const { faults, memory } = await fuzzFunction(100_000, 0xf022);
  expect(faults).toEqual([]);
  for (const { before, after } of Object.values(memory)) {
    // The tokens that are kept for reuse are bounded, at 8 MiB and their claims.
    expect(after.heapMiB).toBeLessThan(before.heapMiB + 24);
  }
}, 900_000);
