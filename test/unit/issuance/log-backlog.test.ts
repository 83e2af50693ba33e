import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../support/imports.ts';

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

test('a process that logs in every turn of its event loop keeps few lines in memory, and writes them all', () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'));
  // A file takes what is written at once: what is pending is not for want of a reader.
  const file = openSync(join(folder, 'out'), 'w');
  const args = ['--input-type=module', '-e', busy];
  const { status, stderr } = spawnSync(process.execPath, args, {
    cwd: root,
    stdio: ['ignore', file, 'pipe'],
  });
  closeSync(file);
  const written = readFileSync(join(folder, 'out'), 'utf8');
  rmSync(folder, { recursive: true });
  expect(status, String(stderr)).toBe(0);
  const [, pending] = /pending (\d+)/.exec(String(stderr)) ?? [];
  expect(Number(pending)).toBeLessThan(4 * 1024 * 1024);
  expect(written.match(/"message":"line"/g)).toHaveLength(60 * 500);
});
