import { test } from 'vitest';
import { fuzzDoctor } from '../support/fuzz/doctor.ts';

test('survives 100,000 random and mutated strings without giving a token away', async () => {
  await fuzzDoctor(100_000, 0xd0c);
}, 600_000);
