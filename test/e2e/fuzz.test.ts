import { expect, test } from 'vitest';
import { fuzzFunction } from '../support/fuzz/fuzz-function.ts';

test('2,000 hostile requests to every route: each answer is of the contract, and none is of a fault', async () => {
  const { faults } = await fuzzFunction(2_000, 0x5eed);
  expect(faults).toEqual([]);
}, 60_000);
