import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { buildProbe } from '../../tools/deploy/build-probe.ts';
import { environmentOf } from '../support/cli-process.ts';
import { type LocalFunction, startFunction } from '../support/function.ts';

let folder = '';
let local: LocalFunction;

beforeAll(async () => {
  // What is uploaded stands alone, with nothing of the repository above it.
  folder = mkdtempSync(join(tmpdir(), 'probe-'));
  await buildProbe(folder);
  local = await startFunction();
});

afterEach(() => local.emulator.reset());
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the prober as its image does, as `caller` of the local cloud. */
function probe(settings: Record<string, string> = {}): Promise<{ exitCode: number; output: string }> {
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    ...environmentOf(local, 'caller'),
    PROBE_AUDIENCE: 'https://probe.example.com',
    PROBE_FORBIDDEN: 'https://forbidden.example',
    ...settings,
  };
  return new Promise((resolve) => {
    const child = execFile('npm', ['start', '--silent'], { cwd: folder, env }, (_error, stdout, stderr) =>
      resolve({ exitCode: child.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

test('a token is signed and verified, and a forbidden one refused', async () => {
  const { exitCode, output } = await probe();
  expect(output).toMatch(/^ok {11}verified/m);
  expect(output).toMatch(/^ok {11}refused {9}https:\/\/forbidden\.example is denied$/m);
  expect(output).not.toMatch(/eyJ[\w-]+\./);
  expect(exitCode).toBe(0);
  const signed = local.emulator.requests('signJwt');
  expect(signed.map(({ status }) => status)).toEqual([200]);
});

test('it fails where a forbidden one is signed', async () => {
  const { exitCode, output } = await probe({ PROBE_FORBIDDEN: 'https://too-much.example.com' });
  expect(output).toContain('a token for https://too-much.example.com was signed');
  expect(exitCode).toBe(1);
});

test('it fails where IAM signs nothing', async () => {
  local.emulator.addFault({ api: 'signJwt', count: 0, status: 403 });
  expect((await probe()).exitCode).not.toBe(0);
});

test('it fails where the function is not there', async () => {
  expect((await probe({ COUNTERSIGN_URL: 'http://127.0.0.1:9' })).exitCode).toBe(3);
});
