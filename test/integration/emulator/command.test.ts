import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';

const running: ChildProcess[] = [];

afterEach(() => {
  for (const child of running.splice(0)) child.kill('SIGKILL');
});

function run(env: Record<string, string>): { child: ChildProcess; output: () => string } {
  const child = spawn(process.execPath, ['emulator/main.ts'], { env: { ...process.env, ...env } });
  running.push(child);
  let output = '';
  child.stdout?.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output += chunk;
  });
  return { child, output: () => output };
}

/** Waits until the process has printed the line that says where it serves. */
async function origin({ child, output }: ReturnType<typeof run>): Promise<string> {
  while (child.exitCode === null) {
    const found = /^emulator (http:\S+)$/m.exec(output())?.[1];
    if (found) return found;
    await Promise.race([once(child.stdout ?? child, 'data'), once(child, 'exit')]);
  }
  throw new Error(`the emulator ended: ${output()}`);
}

/** How a connection from another process ends; nock answers for every socket of this one. */
async function reach(host: string, port: string): Promise<string> {
  const script = `
    require('node:net').connect(${port}, '${host}')
      .on('connect', () => { console.log('connected'); process.exit(); })
      .on('error', (error) => console.log(error.code));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['-e', script]);
  return stdout.trim();
}

describe('npm run emulator', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)('serves until %s, and says what it is', async (signal) => {
    const emulator = run({ EMULATOR_PORT: '0' });
    const url = await origin(emulator);
    expect(emulator.output()).toContain('This is an emulator of Google Cloud. Its keys are worthless');
    expect(emulator.output()).not.toMatch(/^ready/m);
    expect((await fetch(`${url}/oauth2/v3/certs`)).status).toBe(200);
    emulator.child.kill(signal);
    const [code] = await once(emulator.child, 'exit');
    expect(code).toBe(0);
  });

  it('says in one line that a port is taken, and exits 1', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { child, output } = run({ EMULATOR_PORT: String(port) });
    const [code] = await once(child, 'exit');
    server.close();
    expect(code).toBe(1);
    expect(output()).toBe(
      `emulator: port ${port} is taken; stop what listens there, or set EMULATOR_PORT (five ports from it are used)\n`,
    );
  });

  it.each([
    [{}, 'ECONNREFUSED'],
    [{ EMULATOR_HOST: '0.0.0.0' }, 'connected'],
  ])('listens on loopback only unless told otherwise: %j', async (env, elsewhere) => {
    const { port } = new URL(await origin(run({ EMULATOR_PORT: '0', ...env })));
    expect(await reach('127.0.0.1', port)).toBe('connected');
    expect(await reach('127.0.0.2', port)).toBe(elsewhere);
  });

  it('is seeded from one JSON file', async () => {
    const seed = join(await mkdtemp(join(tmpdir(), 'emulator-')), 'seed.json');
    await writeFile(seed, JSON.stringify({ projectId: 'acme', serviceAccounts: [] }));
    const url = await origin(run({ EMULATOR_PORT: '0', EMULATOR_SEED: seed }));
    const keys = await fetch(
      `${url}/service_accounts/v1/jwk/signer@countersign-local.iam.gserviceaccount.com`,
    );
    expect(keys.status).toBe(404);
    // Nothing runs as an account that the seed does not have.
    const headers = { 'metadata-flavor': 'Google' };
    const metadata = `${url}/computeMetadata/v1/instance/service-accounts/`;
    expect(await (await fetch(metadata, { headers })).text()).toBe('');
    expect((await fetch(`${metadata}default/token`, { headers })).status).toBe(404);
  });

  it.each([
    ['is not there', undefined, /^emulator: EMULATOR_SEED: ENOENT: no such file/],
    ['is not JSON', '{', /^emulator: EMULATOR_SEED: .*JSON/],
    ['has an unknown member', '{"projekt":1}', /^emulator: .*Unknown name "projekt": Cannot find field\.\n$/],
  ])('refuses a seed that %s', async (_, text, message) => {
    const seed = join(await mkdtemp(join(tmpdir(), 'emulator-')), 'seed.json');
    if (text !== undefined) await writeFile(seed, text);
    const { child, output } = run({ EMULATOR_PORT: '0', EMULATOR_SEED: seed });
    const [code] = await once(child, 'exit');
    expect([code, output()]).toEqual([1, expect.stringMatching(message)]);
  });

  it.each([
    [{ EMULATOR_PUSH_ENDPOINT: 'http://127.0.0.1:7/push', BATCH_PORT: '9' }, 'http://127.0.0.1:7/push'],
    [{ BATCH_PORT: '9' }, 'http://127.0.0.1:9'],
    [{}, undefined],
  ])('pushes to the endpoint of %j', async (env, pushEndpoint) => {
    const url = await origin(run({ EMULATOR_PORT: '0', ...env }));
    expect(await (await fetch(`${url}/emulator/v1/delivery`)).json()).toEqual({
      ...(pushEndpoint && { pushEndpoint }),
    });
  });

  it('refuses a port that is none', async () => {
    const { child, output } = run({ EMULATOR_PORT: 'eighty' });
    const [code] = await once(child, 'exit');
    expect([code, output()]).toEqual([
      1,
      'emulator: EMULATOR_PORT is "eighty"; it must be a port from 0 to 65531\n',
    ]);
  });
});
