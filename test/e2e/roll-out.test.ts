import { expect, test } from 'vitest';
import { rollOut } from '../support/load/roll-out.ts';

test('a restart of one process after another under load loses no request', async () => {
  const { calls, lost, wrong, restarts } = await rollOut(1);
  expect({ lost, wrong }).toEqual({ lost: [], wrong: 0 });
  expect(calls).toBeGreaterThan(100);
  for (const { exitCode, milliseconds } of restarts) {
    expect(exitCode).toBe(0);
    expect(milliseconds).toBeLessThan(10_000);
  }
}, 60_000);
