import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { root } from '../../support/imports.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

/** The lines that this code writes, with a log of its own on standard output. */
function linesOf(projectId: string | undefined, code: string): Record<string, unknown>[] {
  const imports = `
    import { createLog } from '${root}functions/issuance/log.ts';
    import { logFault } from '${root}functions/http/log-fault.ts';
    const log = createLog(${JSON.stringify(projectId)});`;
  const output = execFileSync(process.execPath, ['--input-type=module', '-e', imports + code], {
    encoding: 'utf8',
  });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}

test('a fault is told with its trace in the project, by its name and place alone', () => {
  const scope = JSON.stringify({ requestId: 'r1', deadline: 0, traceparent });
  const [line] = linesOf('acme', `logFault(log, new RangeError('canary'), ${scope});`);
  expect(line).toMatchObject({
    severity: 'ERROR',
    logType: 'fault',
    error: 'RangeError',
    requestId: 'r1',
    'logging.googleapis.com/trace': 'projects/acme/traces/0af7651916cd43dd8448eb211c80319c',
    'logging.googleapis.com/spanId': 'b7ad6b7169203331',
    'logging.googleapis.com/trace_sampled': true,
  });
  expect(line).not.toHaveProperty('traceparent');
  expect(JSON.stringify(line)).not.toContain('canary');
});

test('without a project the trace is its ID alone, and without a trace there is none', () => {
  const [traced, plain] = linesOf(
    undefined,
    `log.info({ traceparent: '${traceparent}' }, 'a'); log.info({}, 'b');`,
  );
  expect(traced).toMatchObject({ 'logging.googleapis.com/trace': '0af7651916cd43dd8448eb211c80319c' });
  expect(Object.keys(plain ?? {})).toEqual(['severity', 'timestamp', 'message']);
});

/** Has 5 MB of lines to write when it is told to end. */
const busy = `
import { createServer } from 'node:http';
import { drainOnSigterm } from '${root}functions/http/drain.ts';
import { createLog } from '${root}functions/issuance/log.ts';
const log = createLog();
const server = createServer().listen(0, '127.0.0.1', () => {
  drainOnSigterm(server, new AbortController());
  for (let line = 0; line < 10_000; line += 1) log.info({ filler: 'x'.repeat(500) }, 'line');
  process.kill(process.pid, 'SIGTERM');
});`;

test('who ends has written all its lines to a reader that is behind', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', busy]);
  await setTimeout(200);
  let lines = 0;
  for await (const chunk of child.stdout) lines += String(chunk).split('\n').length - 1;
  expect(lines).toBe(10_000);
});

test('a log that nobody reads keeps nobody from ending, nor from going on', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', busy]);
  child.stdout.destroy();
  expect(await once(child, 'exit')).toEqual([0, null]);
  const stuck = spawn(process.execPath, ['--input-type=module', '-e', busy]);
  expect(await once(stuck, 'exit')).toEqual([0, null]);
});
