import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TokenClient } from '../../sdk/src/index.ts';
import { startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';
import { root } from '../support/imports.ts';

let workspace = '';

beforeAll(() => {
  workspace = mkdtempSync(join(tmpdir(), 'deployed-'));
  uploadTo(workspace);
  buildIn(workspace);
}, 120_000);

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

/** Copies what `gcloud functions deploy --source .` would upload: .gcloudignore has the syntax of .gitignore. */
function uploadTo(folder: string): void {
  const git = (args: string[], input?: string) =>
    spawnSync('git', args, { cwd: root, encoding: 'utf8', input }).stdout.trim().split('\n');
  const files = git(['ls-files', '--cached', '--others', '--exclude-standard']);
  const asked = ['-c', 'core.excludesFile=.gcloudignore', 'check-ignore', '--no-index', '--stdin'];
  const ignored = new Set(git(asked, files.join('\n')));
  for (const file of files.filter((name) => !ignored.has(name))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
}

/** As the buildpack does: all dependencies, `gcp-build`, and then production dependencies only. */
function buildIn(folder: string): void {
  const modules = join(folder, 'node_modules');
  symlinkSync(join(root, 'node_modules'), modules);
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [command, ...args] = scripts['gcp-build'].split(' ');
  expect(command).toBe('node');
  execFileSync(process.execPath, args, { cwd: folder });
  rmSync(modules);
  const production = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for (const path of production.trim().split('\n').slice(1)) {
    cpSync(path, join(folder, relative(root, path)), { recursive: true });
  }
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(
    '../@google-cloud/functions-framework/build/src/main.js',
    join(modules, '.bin/functions-framework'),
  );
}

test('what is uploaded is the function, how it is built, and nothing else', () => {
  const names = execFileSync(
    'find',
    ['.', '-path', './node_modules', '-prune', '-o', '-type', 'f', '-print'],
    {
      cwd: workspace,
      encoding: 'utf8',
    },
  );
  const places = new Set(
    names
      .trim()
      .split('\n')
      .map((name) => name.split('/').slice(1, 3).join('/')),
  );
  const rooms = ['contract', 'events', 'google', 'http', 'issuance', 'policy', 'tokens'];
  const outside = [...places].filter(
    (place) => !place.startsWith('dist/') && !rooms.includes(place.replace('functions/', '')),
  );
  expect(outside.sort()).toEqual([
    'LICENSE',
    'functions/compose.ts',
    'functions/config.ts',
    'functions/index.ts',
    'package-lock.json',
    'package.json',
    'test/runtimes',
    'tools/build',
  ]);
});

test.each(['countersign', 'signer'] as const)(
  'it serves a token and the page, built and with production dependencies only, as %s',
  async (runsAs) => {
    const cloud = await startLocalCloud({ deployedFolder: workspace, runsAs, output: 'keep' });
    try {
      Object.assign(process.env, cloud.envOf('caller'));
      const { claims } = await new TokenClient({ url: cloud.url }).getTokenDetails(
        'https://deployed.example.com',
      );
      expect(claims).toMatchObject({ iss: 'signer@countersign-local.iam.gserviceaccount.com' });
      const page = await fetch(cloud.url);
      expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(await page.text()).toContain('</html>');
    } finally {
      await cloud.stop();
    }
  },
  60_000,
);
