import { createRemoteJWKSet, jwtVerify } from 'jose';
import { beforeAll, expect, test } from 'vitest';
import { environmentOf, runCli } from '../../support/cli-process.ts';
import { type LocalFunction, startFunction } from '../../support/function.ts';

const project = 'countersign-local';
const account = (name: string) => `${name}@${project}.iam.gserviceaccount.com`;
const aud = 'https://reports.example.com';

let local: LocalFunction;
const runAs = (identity: 'caller' | 'stranger', ...args: string[]) =>
  runCli(args, environmentOf(local, identity));

beforeAll(async () => {
  local = await startFunction();
});

test('prints the token alone on standard output', async () => {
  const { exitCode, output, errors } = await runAs('caller', 'token', aud);
  expect([exitCode, errors]).toEqual([0, '']);
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', local.url));
  const { payload } = await jwtVerify(output.trim(), keys, { audience: aud });
  expect(payload.iss).toBe(account('signer'));
  expect(output).toMatch(/^\S+\n$/);
});

test('--url goes before COUNTERSIGN_URL', async () => {
  const env = { ...environmentOf(local, 'caller'), COUNTERSIGN_URL: 'https://nowhere.invalid' };
  const { exitCode } = await runCli(['token', aud, '--url', local.url], env);
  expect(exitCode).toBe(0);
});

test('says why it is refused, and exits with 1', async () => {
  const { exitCode, output, errors } = await runAs('caller', 'token', 'https://reports.example.org');
  expect([exitCode, output]).toEqual([1, '']);
  expect(errors).toMatch(/^countersign: policy_denied: /);
  expect(errors).toMatch(/\n {2}What to do: Ask for what a binding allows, .+\n$/);
});

test('says it in Japanese too', async () => {
  const { errors } = await runAs('caller', 'token', 'https://reports.example.org', '--lang', 'ja');
  expect(errors).toMatch(
    /^countersign: policy_denied: どのバインディングもこの要求を許可していません。.+（.+）\n/,
  );
});

test('exits with 3 where nothing answers', async () => {
  const { exitCode, output, errors } = await runAs('caller', 'token', aud, '--url', 'http://127.0.0.1:9');
  expect([exitCode, output]).toEqual([3, '']);
  expect(errors).toMatch(/^countersign: network_error: /);
  expect(errors).toMatch(/^ {2}What to do: Check --url or COUNTERSIGN_URL/m);
}, 30_000);

test('says where the token of the caller can come from', async () => {
  const env = { ...environmentOf(local, 'caller'), GCE_METADATA_HOST: '127.0.0.1:9' };
  const { exitCode, errors } = await runCli(['token', aud], env);
  expect(exitCode).toBe(3);
  expect(errors).toMatch(/^countersign: caller_token_unavailable: /);
  expect(errors).toMatch(/^ {2}What to do: .*GCE_METADATA_HOST.*--as SERVICE_ACCOUNT/m);
  const japanese = await runCli(['token', aud, '--lang', 'ja'], env);
  expect(japanese.errors).toMatch(/GCE_METADATA_HOST.*--as/);
});

test.each([
  [['token'], 'give one audience'],
  [['token', aud, aud], 'give one audience'],
  [
    ['token', aud, '--url', 'http://countersign.example.com'],
    '--url or COUNTERSIGN_URL must be an https URL',
  ],
  [['token', aud, '--as', 'caller'], "--as must be a service account's e-mail"],
  [['check'], 'give one audience'],
])('%j is wrong usage', async (args, message) => {
  const { exitCode, output, errors } = await runAs('caller', ...args);
  expect([exitCode, output]).toEqual([2, '']);
  expect(errors).toContain(message);
});

test('--as asks as another account, by an ID token that IAM gives the default credentials', async () => {
  const resource = `projects/${project}/serviceAccounts/${account('caller')}`;
  const before = local.emulator.bindings()[resource] ?? [];
  const denied = await runAs('stranger', 'token', aud, '--as', account('caller'));
  expect([denied.exitCode, denied.output]).toEqual([3, '']);
  expect(denied.errors).toContain('caller_token_unavailable');
  expect(denied.errors).toContain('roles/iam.serviceAccountOpenIdTokenCreator');

  const role = `projects/${project}/roles/countersignSigner`;
  local.emulator.setBindings({
    [resource]: [{ role, members: [`serviceAccount:${account('stranger')}`] }],
  });
  const { exitCode, output, errors } = await runAs('stranger', 'token', aud, '--as', account('caller'));
  expect([exitCode, errors]).toEqual([0, '']);
  expect(output).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
  local.emulator.setBindings({ [resource]: before });
});
