import { expect, test } from 'vitest';
import { runCommand } from '../../support/command.ts';

/** Logs 36 KB in each turn of the event loop, and says at the end how much of it was not written yet. */
const busy = `
import { pino } from 'pino';
import { createLog } from './functions/issuance/log.ts';
const log = createLog();
let turns = 0;
const turn = () => {
  for (let line = 0; line < 60; line += 1) log.info({ filler: 'x'.repeat(500) }, 'line');
  turns += 1;
  if (turns < 500) setImmediate(turn);
  else console.error('pending', log[pino.symbols.streamSym]._len);
};
turn();
`;

test('a process that logs in every turn of its event loop keeps few lines in memory, and writes them all', async () => {
  const { output, ended } = runCommand(['--input-type=module', '-e', busy]);
  expect(await ended).toBe(0);
  const [, pending] = /pending (\d+)/.exec(output()) ?? [];
  expect(Number(pending)).toBeLessThan(2 * 1024 * 1024);
  expect(output().match(/"message":"line"/g)).toHaveLength(60 * 500);
});
