import { expect, test } from 'vitest';
import { rollOut } from '../support/load/roll-out.ts';

test('ten restarts under load lose no request, and each process ends with 0 within 10 s', async () => {
  const { lost, wrong, restarts } = await rollOut(5);
  expect({ lost, wrong }).toEqual({ lost: [], wrong: 0 });
  expect(restarts).toHaveLength(10);
  for (const { exitCode, milliseconds } of restarts) {
    expect(exitCode).toBe(0);
    expect(milliseconds).toBeLessThan(10_000);
  }
}, 120_000);
