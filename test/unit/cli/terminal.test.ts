import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { publicJwk } from '../../support/corpus/keys.ts';
import { goodSpecimen, now, renderToken } from '../../support/corpus/specimen.ts';
import { runCommand } from '../../support/surroundings.ts';

/** Colours, a window title, C1 controls, direction marks, invisible and tag characters, and a line of its own. */
const hostile =
  '\u001b[31mred\u001b]0;t\u0007\u009b2J\u202eabc\u2066\r\nvalid\u0000\u200b\u00ad\u061c\u{e0041}';
/** What no terminal may get: all of those but the line breaks and tabs that the command line itself prints. */
const acted = /[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}]/u;

const folder = mkdtempSync(join(tmpdir(), 'countersign-terminal-'));
afterAll(() => rmSync(folder, { recursive: true }));
const jwks = join(folder, 'jwks.json');
writeFileSync(
  jwks,
  JSON.stringify({ keys: [{ ...publicJwk('rsa-a'), kid: `${hostile}-a` }, publicJwk('rsa-b')] }),
);

const specimens = ['iss', 'aud', 'sub', 'exp', 'iat', 'nbf', 'email', 'kid', 'alg', 'typ', 'crit', hostile];

function tokenWith(member: string): string {
  const specimen = goodSpecimen();
  const inHeader = ['kid', 'alg', 'typ', 'crit'].includes(member);
  const value = member === 'crit' ? [hostile] : hostile;
  Object.assign(inHeader ? specimen.header : specimen.claims, { [member]: value });
  return renderToken(specimen);
}

const expectations = ['--issuer', hostile, '--audience', hostile, '--subject', hostile, '--alg', hostile];

const commands: Readonly<Record<string, string[]>> = {
  diagnose: ['diagnose', '-', '--jwks', jwks, '--at', String(now), '--profile', 'iap'],
  'diagnose with expectations': ['diagnose', '-', '--jwks', jwks, ...expectations, '--snippets'],
  'diagnose --json': ['diagnose', '-', '--jwks', jwks, '--json', ...expectations],
  'diagnose in Japanese': ['diagnose', '-', '--jwks', jwks, '--lang', 'ja'],
  decode: ['decode', '-'],
  explain: ['explain', '-'],
};

describe.each(Object.entries(commands))('%s', (_, args) => {
  test.each(specimens)('gives the terminal nothing to act on from %j', async (member) => {
    const { output, errors } = await runCommand(args, { input: tokenWith(member) });
    expect(output + errors).not.toMatch(acted);
    expect(output).not.toMatch(/^valid/m);
  });

  test('nor from input that is no token', async () => {
    const { output, errors } = await runCommand(args, { input: `Bearer ${hostile}` });
    expect(output + errors).not.toMatch(acted);
  });
});

test.each([
  [[hostile]],
  [['diagnose', 'x', `--${hostile}`]],
  [['diagnose', 'x', '--profile', hostile]],
  [['diagnose', 'x', '--jwks', hostile]],
  [['check', 'https://reports.example.com', '--url', hostile]],
  [['token', 'https://reports.example.com', '--as', hostile, '--url', 'http://127.0.0.1:9']],
])('nor from wrong usage: %j', async (args) => {
  const { exitCode, output, errors } = await runCommand(args);
  expect(exitCode).toBe(2);
  expect(output).toBe('');
  expect(errors).not.toMatch(acted);
});
