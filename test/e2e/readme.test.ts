import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../emulator/emulator.ts';
import seed from '../../emulator/seed.json' with { type: 'json' };
import { findFreePorts } from '../../tools/local-cloud/ports.ts';
import localPolicy from '../../tools/policies/local.json' with { type: 'json' };
import { untilWritten } from '../support/command.ts';
import { root } from '../support/imports.ts';
import { blocksOf } from '../support/markdown.ts';
import { commandsOf, runInShell } from '../support/readme-commands.ts';

/** What a reader types under "Locally", in this order. */
const [start = '', environment = '', first = '', check = '', startOwn = '', own = '', denied = '', ...rest] =
  commandsOf('README.md', 'Locally');
const [build, install = '', installClients, ...others] = rest;

const policy = blocksOf('README.md').find(
  ({ heading, language }) => heading === 'Locally' && language === 'json',
)?.code;

/** The commands as they stand, but for ports that are free and a policy that lies outside the repository. */
async function placeOf(policyText: string) {
  const port = await findFreePorts(2);
  const emulatorPort = await findFreePorts(5);
  const file = join(mkdtempSync(join(tmpdir(), 'readme-')), 'policy.json');
  writeFileSync(file, policyText);
  const place = (command: string) =>
    command
      .replaceAll('8080', String(port))
      .replaceAll('8091', String(emulatorPort + 1))
      .replaceAll(/(?<= |=)policy\.json/g, file);
  const env = { PORT: String(port), BATCH_PORT: String(port + 1), EMULATOR_PORT: String(emulatorPort) };
  const run = (command: string) =>
    runInShell(`${place(environment)}\n${place(command)} 2>&1`, { cwd: root, env: {} });
  return { place, env, file, run, url: `http://127.0.0.1:${port}` };
}

/** Leaves a command running, as in a terminal of its own, until it is interrupted at the test's end. */
async function leaveRunning(command: string, env: Record<string, string>) {
  const child = spawn('sh', ['-c', command], {
    cwd: root,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    detached: true,
  });
  const ended = once(child, 'close');
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  onTestFinished(async () => {
    process.kill(-(child.pid ?? 0), 'SIGINT');
    await ended;
  });
  const running = { child, output: () => output, ended: ended.then(([code]) => code) };
  await untilWritten(running, /^ready /m);
  return running;
}

test('the section has no more commands than are tried here', () => {
  expect(others).toEqual([]);
  expect([start, startOwn]).toEqual(['npm start', 'COUNTERSIGN_POLICY=policy.json npm start']);
});

test('a project beside this one installs the SDK of this one', async () => {
  // Built by the tests of the package, which would be disturbed if it were built here too.
  expect(build).toBe('npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'beside-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const command = `${install.replace('../countersign/sdk', join(root, 'sdk'))} --offline --no-audit --no-fund`;
  expect((await runInShell(command, { cwd: folder, env: {} })).exitCode).toBe(0);
  const { name, exports } = JSON.parse(
    readFileSync(join(folder, 'node_modules/countersign/package.json'), 'utf8'),
  );
  expect([name, Object.keys(exports)]).toEqual(['countersign', expect.arrayContaining(['.', './batch'])]);
});

test('a batch job installs the clients that its examples import', () => {
  const code = blocksOf('README.md')
    .filter(({ heading }) => heading === 'Ask from a batch job')
    .map((block) => block.code);
  const imported = new Set([...code.join('').matchAll(/from '(@[^']+)'/g)].map(([, name]) => name));
  expect(installClients).toBe(`npm install ${[...imported].join(' ')}`);
});

test('npm start says where it serves, and a process in the environment shown gets a token', async () => {
  const { place, env, run, url } = await placeOf('');
  const { output } = await leaveRunning(place(start), env);
  expect(output()).toContain(`ready ${url}\n`);
  expect((await run(first)).output).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);
}, 60_000);

test('a policy of one’s own: a first token, a refusal, and its mend without a restart', async () => {
  const { place, env, file, run } = await placeOf(policy ?? '');
  expect((await run(check)).output).toContain('valid, 1 binding, 1 signer.');
  await leaveRunning(place(startOwn), env);
  expect((await run(own)).output).toMatch(/^eyJ[\w-]+\.[\w-]+\.[\w-]+\n$/);

  const refused = await run(denied);
  expect(refused.exitCode).toBe(1);
  expect(refused.output).toContain('policy_denied');
  expect(refused.output).toMatch(/Binding first: .*expected one of https:\/\/api\.acme\.example\./);

  const before = '"https://api.acme.example"';
  writeFileSync(file, (policy ?? '').replace(before, `${before}, "https://api.acme.example/*"`));
  await expect.poll(async () => (await run(denied)).exitCode, { interval: 1_000, timeout: 30_000 }).toBe(0);
}, 90_000);

test('a batch takes the default policy, as the section says: of the two it alone has a topic and the secrets’ label', () => {
  expect(JSON.parse(policy ?? '').pushAccounts).toBeUndefined();
  expect(localPolicy.pushAccounts).toHaveProperty(['projects/countersign-local/topics/token-requests']);
  const [{ id, deliverTo }] = localPolicy.bindings as [(typeof localPolicy.bindings)[0]];
  const labelled = seed.secrets.filter(({ labels }) => labels?.countersign === id);
  expect(labelled.map((secret) => `projects/countersign-local/secrets/${secret.id}`)).toEqual(
    deliverTo.filter((name) => name.includes('/secrets/')),
  );
  expect(seed.secrets.filter(({ labels }) => labels !== undefined)).toEqual(labelled);
});

test('the commands of docs/policy.md do what their comments say', async () => {
  const emulator = await startEmulator();
  onTestFinished(() => emulator.stop());
  const commands = blocksOf('docs/policy.md')
    .filter(({ language, code }) => language === 'sh' && code.includes('npm run policy'))
    .flatMap(({ code }) => code.trim().split(/(?<!\\)\n/));
  const folder = mkdtempSync(join(tmpdir(), 'policy-page-'));
  const [policyText = '', cases = ''] = blocksOf('docs/policy.md')
    .filter(({ heading }) => heading === 'Example: Identity-Aware Proxy')
    .map(({ code }) => code);
  // The example, but in the local cloud's project, so that IAM can be asked about it.
  const localised = (text: string) => text.replaceAll('@acme.', '@countersign-local.');
  writeFileSync(join(folder, 'policy.json'), localised(policyText));
  writeFileSync(join(folder, 'cases.json'), localised(cases));
  const host = `127.0.0.1:${emulator.ports.countersign}`;
  const env = {
    COUNTERSIGN_LOCAL: 'true',
    GCE_METADATA_HOST: host,
    IAM_CREDENTIALS_EMULATOR_HOST: host,
    METADATA_SERVER_DETECTION: 'assume-present',
  };
  const answers: [RegExp, number][] = [
    [/policy\.json: valid, 1 binding, 1 signer\./, 0],
    [/5 cases/, 0],
    [/Nobody but the expected members can sign/, 0],
    [/Nobody but the expected members can sign/, 0],
  ];
  expect(commands).toHaveLength(answers.length);
  for (const [index, [output, exitCode]] of answers.entries()) {
    const command = (commands[index] ?? '')
      .replaceAll('127.0.0.1:8090', host)
      .replaceAll(/(?<= )(policy|cases)\.json/g, join(folder, '$1.json'));
    const ran = await runInShell(command, { cwd: root, env });
    expect(ran.output, command).toMatch(output);
    expect(ran.exitCode, `${command}\n${ran.output}`).toBe(exitCode);
  }
}, 60_000);
