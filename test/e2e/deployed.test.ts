import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TokenClient } from '../../sdk/src/index.ts';
import { compileCache } from '../../tools/build/compile-cache.ts';
import { startLocalCloud } from '../../tools/local-cloud/local-cloud.ts';
import { deployToFolder } from '../support/deployed-folder.ts';

let workspace = '';

beforeAll(() => {
  workspace = deployToFolder();
}, 120_000);

afterAll(() => rmSync(workspace, { recursive: true, force: true }));

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

test('it starts without what only some of Node’s modules’ members need', () => {
  const script = `
    await import('./dist/index.js');
    console.log(process.moduleLoadList.filter((name) => /undici|webcrypto|http2/.test(name)).join());`;
  const env = {
    PATH: process.env.PATH ?? '',
    FUNCTION_TARGET: 'countersign',
    COUNTERSIGN_URL: 'https://countersign.example.com',
    COUNTERSIGN_POLICY: 'policy.json',
  };
  const loaded = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: workspace,
    encoding: 'utf8',
    env,
  });
  expect(loaded.trim()).toBe('');
});

test('it starts from the compile cache that gcp-build made, wherever its folder is', async () => {
  const functionEnv = {
    ...compileCache,
    NODE_DEBUG_NATIVE: 'COMPILE_CACHE',
  };
  const cloud = await startLocalCloud({ deployedFolder: workspace, functionEnv, output: 'keep' });
  try {
    Object.assign(process.env, cloud.envOf('caller'));
    await new TokenClient({ url: cloud.url }).getToken('https://deployed.example.com');
    const text = cloud.function.output();
    const accepted = text.match(/cache for .* was accepted/g) ?? [];
    expect(accepted.filter((line) => line.includes('/functions-framework/')).length).toBeGreaterThan(5);
    expect(accepted.filter((line) => line.includes('/dist/')).length).toBeGreaterThan(4);
    expect(text).not.toMatch(/was rejected/);
  } finally {
    await cloud.stop();
  }
}, 60_000);
