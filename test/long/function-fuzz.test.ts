import { expect, test } from 'vitest';
import { fuzzFunction } from '../support/fuzz/fuzz-function.ts';

test('100,000 hostile requests to every route: each answer is of the contract, and memory stays as it was', async () => {
  // By the 10,000th what loads with the first delivery, some 12 MiB, has loaded.
  const { faults, memory } = await fuzzFunction(100_000, 0xf022, 10_000);
  expect(faults).toEqual([]);
  for (const { before, after } of Object.values(memory)) {
    // Google's client keeps what a delivery holds for 30 s: some 5 KiB each.
    expect(after.heapMiB).toBeLessThan(before.heapMiB + 6);
  }
}, 900_000);
