import { execFileSync } from 'node:child_process';
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
