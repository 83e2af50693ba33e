import { expect, test } from 'vitest';
import { expectUnharmed } from '../support/load/expect-unharmed.ts';
import { iamFaults } from '../support/load/iam-faults.ts';
import { runLoad } from '../support/load/run-load.ts';

test('64 connections for a moment warm, signed anew, and with 5 % of IAM at fault: none is lost, late or wrong', async () => {
  const report = await runLoad({
    warmUpSeconds: 0.5,
    warmSeconds: 0.5,
    freshSeconds: 0.5,
    faultSeconds: 0.4,
    faults: iamFaults.filter(({ name }) => ['503', '429', 'garbage', 'reset'].includes(name)),
  });
  expectUnharmed(report);
  expect(report.memory.after.heapMiB).toBeLessThan(report.memory.before.heapMiB * 2);
}, 60_000);
