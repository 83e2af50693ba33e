import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { goodSpecimen, now, renderToken, signer } from '../../support/corpus/specimen.ts';
import { runCommand } from '../../support/surroundings.ts';

const main = fileURLToPath(new URL('../../../sdk/src/cli/main.ts', import.meta.url));
const good = renderToken(goodSpecimen());
/** Prints on standard error each file that is loaded as a module. */
const printLoaded = `import { registerHooks } from 'node:module';
registerHooks({ load(url, context, next) { console.error(url); return next(url, context); } });`;

describe('explain', () => {
  test('prints what a text can mean', async () => {
    const { exitCode, output } = await runCommand(['explain', 'jwt', 'audience', 'invalid', '--json']);
    expect(exitCode).toBe(0);
    expect(JSON.parse(output).causes[0]).toMatchObject({
      code: 'audience_mismatch',
      library: 'jsonwebtoken',
    });
  });

  test('exits with 3 and no causes where it is not recognised', async () => {
    const { exitCode, output } = await runCommand(['explain', '-', '--json'], { input: 'ENOSPC: no space' });
    expect(exitCode).toBe(3);
    expect(JSON.parse(output)).toEqual({ causes: [] });
  });

  test('speaks Japanese', async () => {
    const { output } = await runCommand(['explain', 'jwt expired', '--lang', 'ja']);
    expect(output).toContain('対処: 新しいトークンを取得してください');
  });
});

describe('decode', () => {
  test('shows header, claims and times, and not the token', async () => {
    const { exitCode, output } = await runCommand(['decode', good]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(output)).toMatchObject({
      header: { alg: 'RS256', kid: 'rsa-a' },
      claims: { iss: signer, exp: now + 3540 },
      times: { exp: '2027-01-15T08:59:00Z' },
    });
    for (const part of good.split('.')) expect(output).not.toContain(part);
  });

  test('escapes what would rewrite a terminal', async () => {
    const specimen = goodSpecimen();
    specimen.claims = { ...specimen.claims, name: 'a\u009b31m\u202eb' };
    const { output } = await runCommand(['decode', '-'], { input: renderToken(specimen) });
    expect(output).toContain('a\\u009b31m\\u202eb');
  });

  test('says what it could not read in Japanese too', async () => {
    const { errors } = await runCommand(['decode', 'bm9wZQ.e30.AA'], { env: { LANG: 'ja_JP.UTF-8' } });
    expect(errors).toMatch(/^token_malformed: .*[\u3040-\u30ff]/);
  });

  test('exits with 1 where a part is no JSON', async () => {
    const { exitCode, errors } = await runCommand(['decode', 'bm9wZQ.e30.AA']);
    expect(exitCode).toBe(1);
    expect(errors).toContain('token_malformed');
  });
});

test('prints its help on standard output', async () => {
  const { exitCode, output } = await runCommand(['--help']);
  expect(exitCode).toBe(0);
  for (const command of ['token', 'check', 'diagnose', 'explain', 'decode', 'page']) {
    expect(output).toMatch(new RegExp(`^  countersign ${command} `, 'm'));
  }
});

describe('as a process', () => {
  test('reads standard input and exits with the code, having loaded no other command and no package', () => {
    const args = [main, 'diagnose', '-', '--json', '--at', String(now), '--key', '/dev/null'];
    const hook = `data:text/javascript,${encodeURIComponent(printLoaded)}`;
    const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', hook, ...args], {
      input: `${good}\n`,
      encoding: 'utf8',
    });
    expect(status).toBe(3);
    expect(JSON.parse(stdout).findings).toMatchObject([{ code: 'jwks_unavailable', reason: 'empty' }]);
    const namesOf = (pattern: RegExp) => [...stderr.matchAll(pattern)].map(([, name]) => name);
    expect(namesOf(/\/sdk\/src\/cli\/(\S+)-command\.ts$/gm)).toEqual(['diagnose']);
    expect(namesOf(/\/node_modules\/([^/\s]+)\/\S+$/gm)).toEqual([]);
  });

  test('serves the page on loopback until it is interrupted', async () => {
    const child = spawn(process.execPath, [main, 'page'], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = await once(child.stdout.setEncoding('utf8'), 'data');
    const url = String(line).trim();
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    const page = await fetch(url);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
    expect(await page.text()).toContain('<title>');
    expect((await fetch(`${url}v1/keys/nobody@example.com`)).status).toBe(404);
    expect((await fetch(`${url}v1/keys/%E0%A4%A`)).status).toBe(404);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    child.kill('SIGINT');
    const [exitCode] = await once(child, 'exit');
    expect(exitCode).toBe(0);
  });
});
