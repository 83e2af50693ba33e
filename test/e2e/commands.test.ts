import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';
import { findFreePorts } from '../../tools/local-cloud/ports.ts';
import { runCommand, untilWritten } from '../support/command.ts';

const isServing = (url: string) =>
  fetch(url).then(
    () => true,
    () => false,
  );

/** Ports for `npm start`, far enough from one another. */
async function freeSettings() {
  const first = await findFreePorts(7);
  return { PORT: String(first), BATCH_PORT: String(first + 1), EMULATOR_PORT: String(first + 2) };
}

test('npm run demo walks the whole path, and leaves no process behind', async () => {
  const demo = runCommand(['tools/demo.ts']);
  expect(await demo.ended, demo.output()).toBe(0);
  expect(demo.output()).toContain('answers a JWT that IAM signed');
  expect(demo.output()).toContain('verifies with jose');
  expect(demo.output()).toContain('came from the cache: 1 request made, 1 saved');
  expect(demo.output()).toContain('403 policy_denied');
  expect(demo.output()).toMatch(/^ {4}bearer_prefix: /m);
  expect(demo.output()).toMatch(/^ {4}audience_mismatch: /m);
  const numbers = [...demo.output().matchAll(/^(\d+)\. /gm)].map(([, number]) => Number(number));
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
  expect(demo.output()).not.toMatch(/eyJ[\w-]+\.[\w-]+\.[\w-]+/);
  const urls = demo.output().match(/http:\/\/127\.0\.0\.1:\d+/g) ?? [];
  expect(urls).toHaveLength(3);
  for (const url of urls) expect(await isServing(url)).toBe(false);
});

test.each(['SIGTERM', 'SIGINT'] as const)(
  'npm start serves until %s, and leaves no process behind',
  async (signal) => {
    const ports = await freeSettings();
    const start = runCommand(['tools/start.ts'], ports);
    await untilWritten(start, /^export /m);
    const url = `http://127.0.0.1:${ports.PORT}`;
    expect(start.output().match(/^ready.*$/gm)).toEqual([`ready ${url}`]);
    expect(start.output()).toMatch(new RegExp(`^batch http://127\\.0\\.0\\.1:${ports.BATCH_PORT}$`, 'm'));
    expect(start.output()).toMatch(/^policy .*policies\/local\.json: valid, 1 binding, 1 signer\.$/m);
    const metadataHost = `127.0.0.1:${Number(ports.EMULATOR_PORT) + 1}`;
    expect(start.output()).toContain(`\nexport COUNTERSIGN_URL=${url} GCE_METADATA_HOST=${metadataHost}\n`);
    expect(await isServing(`${url}/health`)).toBe(true);
    start.child.kill(signal);
    expect(await start.ended, start.output()).toBe(0);
    expect(await isServing(`${url}/health`)).toBe(false);
    expect(await isServing(`http://127.0.0.1:${ports.EMULATOR_PORT}/`)).toBe(false);
  },
);

test.each(['PORT', 'EMULATOR_PORT'] as const)(
  'npm start says in one line that %s is taken',
  async (setting) => {
    const ports = await freeSettings();
    const holder = createServer().listen(Number(ports[setting]));
    await once(holder, 'listening');
    const start = runCommand(['tools/start.ts'], ports);
    expect(await start.ended).toBe(1);
    expect(start.output()).toMatch(
      new RegExp(`^Port ${ports[setting]} is taken\\. Free it, or set ${setting} `),
    );
    holder.close();
  },
);

test('npm start says that the policy is not there, and starts nothing', async () => {
  const start = runCommand(['tools/start.ts'], { COUNTERSIGN_POLICY: 'nope.json' });
  expect(await start.ended).toBe(1);
  expect(start.output()).toMatch(/nope\.json could not be read: ENOENT\. Give the path of a file\.\n$/);
  expect(start.output()).not.toMatch(/^(ready|emulator) /m);
});

test('npm start lists the mistakes of a policy, each with its JSON Pointer', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-start-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'policy.json');
  writeFileSync(path, JSON.stringify({ bindings: [{ id: 'first', members: ['everybody'] }] }));
  const start = runCommand(['tools/start.ts'], { COUNTERSIGN_POLICY: path });
  expect(await start.ended).toBe(1);
  expect(start.output()).toMatch(/^\/bindings\/0\/members\/0\n {2}found .*\n {2}expected /m);
  expect(start.output()).toMatch(/policy\.json: \d+ mistakes\.\n$/);
});

test('a demo that is stopped half-way leaves no process behind', async () => {
  const demo = runCommand(['tools/demo.ts']);
  await untilWritten(demo, /^2\. /m);
  demo.child.kill('SIGTERM');
  expect(await demo.ended).not.toBe(0);
  for (const url of demo.output().match(/http:\/\/127\.0\.0\.1:\d+/g) ?? []) {
    expect(await isServing(url)).toBe(false);
  }
});

test('where one of the functions does not start, the other is not left behind', async () => {
  const { PORT, BATCH_PORT, EMULATOR_PORT } = await freeSettings();
  const ports = { port: Number(PORT), batchPort: Number(BATCH_PORT), emulatorPort: Number(EMULATOR_PORT) };
  const functionEnv = { COUNTERSIGN_DEAD_LETTER_TOPIC: 'no topic' };
  await expect(startLocalCloud({ ports, functionEnv, output: 'keep' })).rejects.toThrow(
    'The function countersignBatch ended before it served',
  );
  expect(await isServing(`http://127.0.0.1:${PORT}/health`)).toBe(false);
  expect(await isServing(`http://127.0.0.1:${EMULATOR_PORT}/`)).toBe(false);
});

test('npm start that is stopped while it starts leaves no process behind', async () => {
  const ports = await freeSettings();
  const start = runCommand(['tools/start.ts'], ports);
  await untilWritten(start, /^emulator /m);
  start.child.kill('SIGTERM');
  expect(await start.ended).toBe(1);
  await expect.poll(() => isServing(`http://127.0.0.1:${ports.EMULATOR_PORT}/`)).toBe(false);
});

test.each([
  ['by the pid of npm', (pid: number) => process.kill(pid, 'SIGTERM')],
  ['with npm killed', (pid: number) => process.kill(pid, 'SIGKILL')],
])('npm start that is stopped %s leaves no process behind', async (_name, stopNpm) => {
  const ports = await freeSettings();
  // As npm runs a script: in a shell of its own, which goes on where npm is killed.
  const npm = `const { spawn } = require('node:child_process');
    const shell = spawn('sh', ['-c', 'node tools/start.ts'], { stdio: 'inherit' });
    process.on('SIGTERM', () => shell.kill('SIGTERM'));
    shell.on('exit', () => process.exit(143));`;
  const path = `${dirname(process.execPath)}:${process.env.PATH}`;
  const start = runCommand(['-e', npm], { ...ports, PATH: path });
  await untilWritten(start, /^export /m);
  stopNpm(start.child.pid ?? 0);
  for (const port of Object.values(ports)) {
    await expect.poll(() => isServing(`http://127.0.0.1:${port}/`), { timeout: 8_000 }).toBe(false);
  }
});

test('a setting that is missing is told at start, every one at once', async () => {
  const start = runCommand(
    [
      'node_modules/.bin/functions-framework',
      '--source=functions/index.ts',
      '--target=countersign',
      '--port=0',
    ],
    { COUNTERSIGN_LOCAL: 'perhaps' },
  );
  expect(await start.ended).toBe(1);
  expect(start.output()).toContain('countersign: COUNTERSIGN_POLICY is missing');
  expect(start.output()).toContain('countersign: COUNTERSIGN_URL is missing');
  expect(start.output()).toContain('countersign: COUNTERSIGN_LOCAL is neither true nor false');
});
