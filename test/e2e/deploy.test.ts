import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { root } from '../support/imports.ts';
import { commandsOf } from '../support/readme-commands.ts';

const recorder = `${root}test/support/gcloud`;
let folder = '';

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  // It is started a hundred times: as one file it is there sooner.
  const outfile = join(folder, 'gcloud.mjs');
  await build({
    entryPoints: [`${recorder}/main.ts`],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
  });
  cpSync(`${recorder}/flags.txt`, join(folder, 'flags.txt'));
  writeFileSync(join(folder, 'gcloud'), `#!/bin/sh\nexec "${process.execPath}" "${outfile}" "$@"\n`);
  chmodSync(join(folder, 'gcloud'), 0o755);
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const kept = () => JSON.parse(readFileSync(join(folder, 'state.json'), 'utf8'));
const deploy = (...options: string[]) => run(process.execPath, [`${root}tools/deploy/main.ts`, ...options]);

/** Runs a command with the recording gcloud in front on the PATH. */
function run(command: string, args: string[], input?: string) {
  const env = {
    ...process.env,
    PATH: `${folder}:${process.env.PATH}`,
    FAKE_GCLOUD_FILE: join(folder, 'state.json'),
  };
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, env, input, encoding: 'utf8' });
  return { status, stdout, stderr };
}

const options = ['--project', 'acme-signing', '--region', 'europe-west1'];
const own = [...options, '--policy', 'tools/policies/example.json'];

test('the plan alone runs nothing, and needs no gcloud', () => {
  rmSync(join(folder, 'gcloud'));
  const args = [`${root}tools/deploy/main.ts`, ...options];
  const { status, stdout } = spawnSync(process.execPath, args, {
    cwd: root,
    env: { PATH: folder },
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  expect(stdout).toContain('Nothing is run without --yes.');
  expect(stdout).toContain('# 7. Metrics and alerts');
  expect(existsSync(join(folder, 'state.json'))).toBe(false);
});

test.each(['README.md', 'docs/operations.md'])(
  'the command that %s shows prints a plan for that project, and nothing of npm’s before it',
  (page) => {
    const [command = ''] = commandsOf(page, 'Deploy');
    const { status, stdout } = run('sh', ['-c', command]);
    expect(status).toBe(0);
    expect(stdout).toMatch(/^# Countersign in the project acme-signing, europe-west1/);
  },
);

test('--dry-run has the last word', () => {
  expect(deploy(...options, '--yes', '--dry-run').status).toBe(0);
  expect(existsSync(join(folder, 'state.json'))).toBe(false);
});

test('the printed plan is a script that makes it all, after which --yes has nothing to do', () => {
  const { stdout: script } = deploy(...options);
  expect(run('sh', [], script)).toMatchObject({ status: 0, stderr: '' });
  expect(existsSync(`${root}dist/probe/package.json`)).toBe(true);
  const { calls, state } = kept();
  expect(Object.keys(state.resources)).toContain('functions/countersign-batch');
  const ran = deploy(...own, '--yes');
  expect(ran).toMatchObject({ status: 0, stderr: '' });
  expect(ran.stdout).toContain('nothing was changed');
  expect(kept().state).toEqual(state);
  expect(kept().calls.length).toBeGreaterThan(calls.length);
}, 120_000);

test('what is left by hand runs with only the publisher and the reader to fill in, in the shell where it is typed', () => {
  const { stdout: script } = deploy(...options);
  const [, byHand = ''] = script.split('# By hand, afterwards');
  const caller = 'reports@acme-signing.iam.gserviceaccount.com';
  // Who publishes and who reads, a policy does not say.
  const typed = byHand
    .match(/(?<=^# {3}).*$/gm)
    ?.join('\n')
    .replaceAll(/PUBLISHER|READER/g, caller);
  const shell = `${script}\nunset PROJECT_NUMBER\nnpm() { printf '%s\\n' "npm $*"; }\n${typed}\n`;
  const { status, stdout, stderr } = run('sh', [], shell);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  const { state } = kept();
  expect(Object.keys(state.resources)).toContain(`accounts/${caller}`);
  expect(JSON.stringify(state.bindings['services/countersign'])).toContain(`serviceAccount:${caller}`);
  expect(stdout).toMatch(
    /npm run --silent countersign -- check https:\/\/reports\.example\.com --url https:\/\/countersign-\d+\.europe-west1\.run\.app --as reports@acme-signing\.iam\.gserviceaccount\.com\n$/,
  );
}, 120_000);

test('a command that fails ends it with 1, and says which and what to do', () => {
  writeFileSync(
    join(folder, 'gcloud'),
    '#!/bin/sh\necho "ERROR: you do not currently have an active account" >&2\nexit 1\n',
  );
  const { status, stderr } = deploy(...own, '--yes');
  expect(status).toBe(1);
  expect(stderr).toContain('gcloud projects describe acme-signing');
  expect(stderr).toContain('gcloud auth login');
});

test('nothing is run for a policy that was not named', () => {
  const { status, stderr } = deploy(...options, '--yes');
  expect(status).toBe(2);
  expect(stderr).toContain('--yes takes --policy FILE');
  expect(existsSync(join(folder, 'state.json'))).toBe(false);
});

test('a plan for the example policy says so at its top, one for another does not', () => {
  const top = (stdout: string) => stdout.split('\n#\n')[0];
  expect(top(deploy(...options).stdout)).toContain(
    'made for the example policy, tools/policies/example.json',
  );
  const policy = join(folder, 'policy.json');
  cpSync(`${root}tools/policies/example.json`, policy);
  const { status, stdout } = deploy(...options, '--policy', policy);
  expect(status).toBe(0);
  expect(top(stdout)).not.toContain('example');
});

test('wrong usage ends with 2', () => {
  expect(deploy('--project', 'acme-signing')).toMatchObject({ status: 2 });
});
