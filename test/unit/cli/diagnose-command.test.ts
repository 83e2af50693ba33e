import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import nock from 'nock';
import { afterAll, describe, expect, test } from 'vitest';
import { publicJwk, publicPem, rsaJwks } from '../../support/corpus/keys.ts';
import { goodSpecimen, now, renderToken, signer } from '../../support/corpus/specimen.ts';
import { runCommand } from '../../support/surroundings.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const jwks = file('jwks.json', JSON.stringify(rsaJwks));
const good = renderToken(goodSpecimen());
const expired = (() => {
  const specimen = goodSpecimen();
  specimen.claims = { ...specimen.claims, exp: now - 600 };
  return renderToken(specimen);
})();
const at = ['--at', String(now)];
const demands = ['--issuer', signer, '--audience', 'https://reports.example.com', '--alg', 'RS256'];

describe('exit codes', () => {
  test('0 for a valid token', async () => {
    const { exitCode, output } = await runCommand(['diagnose', good, '--jwks', jwks, ...demands, ...at]);
    expect(exitCode).toBe(0);
    expect(output).toBe('valid\nNothing is wrong with this token.\n');
  });

  test.each([
    [[], 'Not checked: aud (give --audience), iss (give --issuer)'],
    [['--audience', 'https://reports.example.com'], 'Not checked: iss (give --issuer)'],
    [['--issuer', signer, '--lang', 'ja'], '未確認: aud (--audience を指定)'],
  ])('0 with %j, and the claims that were not checked', async (args, line) => {
    const { exitCode, output } = await runCommand(['diagnose', good, '--jwks', jwks, ...args, ...at]);
    expect(exitCode).toBe(0);
    expect(output.trimEnd().split('\n')[2]).toBe(line);
  });

  test('1 for an invalid one, with the finding on paper', async () => {
    const { exitCode, output } = await runCommand(['diagnose', expired, '--jwks', jwks, ...at]);
    expect(exitCode).toBe(1);
    expect(output).toContain('1. expired time, exp\n   Cause: The token expired 10 minutes ago');
    expect(output).not.toContain(expired.slice(-40));
    expect(output).not.toContain('\u001b');
  });

  test('3 where there are no keys to tell', async () => {
    const specimen = goodSpecimen();
    specimen.claims = { ...specimen.claims, iss: 'https://idp.example.com' };
    const { exitCode, output } = await runCommand(['diagnose', renderToken(specimen), '--json', ...at]);
    expect(exitCode).toBe(3);
    expect(JSON.parse(output)).toMatchObject({
      verdict: 'unverifiable',
      findings: [{ code: 'jwks_unavailable', reason: 'none_given' }],
    });
  });

  test.each([
    [[], 'no command given'],
    [['diagnoze'], 'unknown command'],
    [['diagnose', 'x', '--nope'], "Unknown option '--nope'"],
    [['diagnose', 'x', '--at', 'yesterday'], '--at must be a number'],
    [['diagnose', 'x', '--profile', 'nope'], '--profile must be one of generic, iap'],
    [['diagnose', 'x', '--jwks', '/nonexistent'], "--jwks: the file can't be read"],
    [['diagnose', 'x', '--jwks', jwks, '--key', jwks], 'not both'],
    [['diagnose', 'x', '--lang', 'fr'], '--lang must be en or ja'],
    [['diagnose'], 'give it as an argument'],
    [['page', '--port', 'x'], '--port must be'],
  ])('2 for wrong usage: %j', async (args, message) => {
    const { exitCode, output, errors } = await runCommand(args);
    expect(exitCode).toBe(2);
    expect(output).toBe('');
    expect(errors).toContain(message);
  });
});

describe('the token', () => {
  test('comes from standard input, without the line break at its end', async () => {
    const ran = await runCommand(['diagnose', '-', '--jwks', jwks, ...at], { input: `${good}\n` });
    expect(ran.exitCode).toBe(0);
  });

  test('keeps the second line break', async () => {
    const args = ['diagnose', '-', '--jwks', jwks, '--json', ...at];
    const { output } = await runCommand(args, { input: `${good}\n\n` });
    expect(JSON.parse(output).findings).toMatchObject([{ code: 'surrounding_characters' }]);
  });

  test('may be two words, as a header has it', async () => {
    const { output } = await runCommand(['diagnose', 'Bearer', good, '--jwks', jwks, '--json', ...at]);
    expect(JSON.parse(output).findings).toMatchObject([{ code: 'bearer_prefix' }]);
  });
});

test('prints exactly the members that the design names, with both languages', async () => {
  const { output } = await runCommand(['diagnose', expired, '--jwks', jwks, '--json', ...at]);
  const parsed = JSON.parse(output);
  expect(Object.keys(parsed)).toEqual(['verdict', 'findings']);
  expect(parsed.findings[0]).toMatchObject({
    code: 'expired',
    step: 'time',
    because: null,
    actual: now - 600,
    expected: `> ${now}`,
    cause: { en: expect.any(String), ja: expect.any(String) },
    remedy: { en: expect.any(String), ja: expect.any(String) },
  });
});

test('speaks Japanese where asked, or where the environment does', async () => {
  for (const [args, env] of [
    [['--lang', 'ja'], {}],
    [[], { LANG: 'ja_JP.UTF-8' }],
  ] as const) {
    const { output } = await runCommand(['diagnose', expired, '--jwks', jwks, ...at, ...args], { env });
    expect(output).toContain('原因: トークンは10分前');
  }
});

test.each([
  ['en', /^ {3}Remedy: Get a new token\b.* clock tolerance of \d+ seconds/m, 'Found', 'Expected'],
  ['ja', /^ {3}対処: 新しいトークンを取得.*許容誤差を \d+ 秒/m, '実際の値', '期待値'],
] as const)(
  'of a token that has just expired says in %s to get another',
  async (lang, remedy, found, wanted) => {
    const specimen = goodSpecimen();
    specimen.claims = { ...specimen.claims, exp: now - 20 };
    const args = ['diagnose', renderToken(specimen), '--jwks', jwks, '--lang', lang, ...at];
    const { output } = await runCommand(args);
    expect(output).toMatch(remedy);
    expect(output).toContain(`${found}: ${now - 20} (2027-01-15 07:59:40Z)`);
    expect(output).toContain(`${wanted}: > ${now} (2027-01-15 08:00:00Z)`);
  },
);

test('colours on a terminal only', async () => {
  const { output } = await runCommand(['diagnose', good, '--jwks', jwks, ...at], { outputIsTerminal: true });
  expect(output).toContain('\u001b[32mvalid\u001b[39m');
});

test('takes a key of any form', async () => {
  const pem = file('key.pem', publicPem('rsa-a'));
  expect((await runCommand(['diagnose', good, '--key', pem, ...at])).exitCode).toBe(0);
});

test('reports a file that is no JWK Set as keys that are not there', async () => {
  const page = file('page.html', '<html>');
  const { exitCode, output } = await runCommand(['diagnose', good, '--jwks', page, '--json', ...at]);
  expect(exitCode).toBe(3);
  expect(JSON.parse(output).findings).toMatchObject([{ code: 'jwks_unavailable', reason: 'not_json' }]);
});

describe('without --jwks', () => {
  const google = () => nock('https://www.googleapis.com').get(`/service_accounts/v1/jwk/${signer}`);
  const local = (() => {
    const specimen = goodSpecimen();
    specimen.header = { ...specimen.header, kid: 'emulator-1' };
    return renderToken(specimen);
  })();

  test.each([
    ['is not reached', () => google().replyWithError('ENOTFOUND')],
    ['has none', () => google().reply(404)],
  ])("knows a token of the local cloud where Google's host %s", async (_, answer) => {
    answer();
    const { exitCode, output } = await runCommand(['diagnose', local, ...at]);
    expect(exitCode).toBe(3);
    expect(output).toMatch(/Cause: .*www\.googleapis\.com/);
    expect(output).toContain(
      'Remedy: This is a token of the local cloud: give --jwks "$COUNTERSIGN_URL/.well-known/jwks.json".',
    );
  });

  test.each([
    ['en', 'The host of the JWK Set, www.googleapis.com, can'],
    ['ja', 'JWK Set のホスト www.googleapis.com に接続できません'],
  ])('names in %s the host that could not be reached', async (lang, text) => {
    google().replyWithError('ENOTFOUND');
    const { output } = await runCommand(['diagnose', good, '--lang', lang, ...at]);
    expect(output).toContain(text);
    expect(output).not.toContain('.well-known');
  });

  test("looks up a service account's keys at Google", async () => {
    nock('https://www.googleapis.com').get(`/service_accounts/v1/jwk/${signer}`).reply(200, rsaJwks);
    expect((await runCommand(['diagnose', good, ...at])).exitCode).toBe(0);
  });

  test('tells a token that another account signed than was expected', async () => {
    const expected = 'expected@acme.iam.gserviceaccount.com';
    nock('https://www.googleapis.com')
      .get(`/service_accounts/v1/jwk/${expected}`)
      .reply(200, { keys: [publicJwk('rsa-out')] })
      .get(`/service_accounts/v1/jwk/${signer}`)
      .reply(200, rsaJwks);
    const { exitCode, output } = await runCommand(['diagnose', good, '--json', '--issuer', expected, ...at]);
    expect(exitCode).toBe(1);
    expect(JSON.parse(output).findings).toMatchObject([
      { code: 'issuer_mismatch', actual: signer, expected },
      { code: 'kid_not_found', reason: 'other_account', because: 'issuer_mismatch' },
    ]);
  });

  test.each([
    [{ COUNTERSIGN_KEYS_EMULATOR_HOST: '127.0.0.1:1' }, 'needs COUNTERSIGN_LOCAL=true'],
    [{ COUNTERSIGN_KEYS_EMULATOR_HOST: 'example.com:80', COUNTERSIGN_LOCAL: 'true' }, 'loopback'],
    [
      { COUNTERSIGN_KEYS_EMULATOR_HOST: '127.0.0.1:1', COUNTERSIGN_LOCAL: 'true', K_SERVICE: 'x' },
      'needs COUNTERSIGN_LOCAL=true',
    ],
  ])('refuses an emulator that is none: %j', async (env, message) => {
    const { exitCode, errors } = await runCommand(['diagnose', good, ...at], { env });
    expect(exitCode).toBe(2);
    expect(errors).toContain(message);
  });
});

test('adds correct verification, filled from what was expected', async () => {
  const { output } = await runCommand(['diagnose', good, '--jwks', jwks, ...demands, ...at, '--snippets']);
  for (const part of ['jwtVerify', 'jwt.verify', 'jwt.decode', 'jwt.WithIssuer'])
    expect(output).toContain(part);
  expect(output.match(/reports\.example\.com/g)).toHaveLength(4);
});

test('does not echo a token that was given as an option by mistake', async () => {
  const { exitCode, errors } = await runCommand(['diagnose', `--${good}`]);
  expect(exitCode).toBe(2);
  expect(errors).not.toContain(good.slice(-40));
});
