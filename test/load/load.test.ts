import { expect, test } from 'vitest';
import { expectUnharmed } from '../support/load/expect-unharmed.ts';
import { blackHole, iamFaults } from '../support/load/iam-faults.ts';
import { runLoad } from '../support/load/run-load.ts';

/** For a quick look while developing: every phase takes this part of its time. */
const scale = Number(process.env.LOAD_SCALE ?? 1);

test('64 connections for a minute warm, a minute signed anew, and then with 5 % of IAM at fault', async () => {
  const report = await runLoad({
    warmUpSeconds: 10 * scale,
    warmSeconds: 60 * scale,
    freshSeconds: 60 * scale,
    faultSeconds: 4 * scale,
    faults: [...iamFaults, blackHole],
  });
  expectUnharmed(report);
  // What warms up after the warm-up is a few hundred KiB; what leaks, leaks with a hundred thousand requests.
  expect(report.memory.after.heapMiB).toBeLessThan(report.memory.before.heapMiB * 1.1 + 1);
}, 280_000);
