import { createServer } from 'node:http';
import { afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { HttpServices } from '../../../functions/http/exchange.ts';
import { environmentOf, runCli } from '../../support/cli-process.ts';
import { type LocalFunction, startFunction } from '../../support/function.ts';

const project = 'countersign-local';
const signer = `signer@${project}.iam.gserviceaccount.com`;
const aud = 'https://reports.example.com';
const stepNames = [
  'reachable',
  'caller token',
  'who am I',
  'binding',
  'IAM permission',
  'signed',
  'verified',
];

let local: LocalFunction;
let keySet: 'own' | 'none' = 'own';

beforeAll(async () => {
  const withoutKeys = (services: HttpServices): HttpServices => ({
    ...services,
    signerKeys: {
      jwkSetOf: async (...args) => (keySet === 'own' ? services.signerKeys.jwkSetOf(...args) : { keys: [] }),
    },
  });
  local = await startFunction({ change: withoutKeys });
});

afterEach(() => {
  local.emulator.reset();
  keySet = 'own';
});

interface Checked {
  exitCode: number;
  statuses: string[];
  faulty: { step: string; status: string; found: string; mend: string } | undefined;
}

async function check(env: Record<string, string>, audience = aud): Promise<Checked> {
  const { exitCode, output, errors } = await runCli(['check', audience, '--json'], env);
  expect(errors).toBe('');
  expect(output).not.toMatch(/eyJ[\w-]+\.[\w-]+/);
  const { steps } = JSON.parse(output);
  expect(steps.map(({ step }: { step: string }) => step)).toEqual(stepNames);
  const statuses = steps.map(({ status }: { status: string }) => status);
  return { exitCode, statuses, faulty: steps.find(({ mend }: { mend: string | null }) => mend !== null) };
}

const caller = () => environmentOf(local, 'caller');

/** A server in the service's place that answers everything so. */
async function startStandIn(status: number, text: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(status).end(text));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

test('finds every step well', async () => {
  const { exitCode, statuses, faulty } = await check(caller());
  expect(faulty).toBeUndefined();
  expect(statuses).toEqual(Array(7).fill('ok'));
  expect(exitCode).toBe(0);
});

test('says it in words, a line a step', async () => {
  const { exitCode, output } = await runCli(['check', aud], caller());
  expect(exitCode).toBe(0);
  expect(output.trim().split('\n')).toHaveLength(7);
  expect(output).toMatch(/^ok {11}binding {9}local allows it, for signer@/m);
  const refused = await runCli(['check', 'https://reports.example.org'], caller());
  expect(refused.output).toMatch(/^failed {7}binding +policy_denied: /m);
  expect(refused.output).toMatch(/^ +Mend: /m);
  expect(refused.output).toMatch(/^not reached {2}verified$/m);
});

describe('in Japanese', () => {
  const japanese = () => ({ ...caller(), LANG: 'ja_JP.UTF-8' });

  test('says every step, in columns', async () => {
    const { exitCode, output } = await runCli(['check', aud], japanese());
    expect(exitCode).toBe(0);
    const lines = output.trim().split('\n');
    expect(lines).toHaveLength(7);
    expect(lines[0]).toMatch(/^正常 {9}到達 {12}http:\/\/127\.0\.0\.1:\d+ は応答しています$/);
    expect(lines[3]).toMatch(/^正常 {9}バインディング {2}local が許可しています（署名者 signer@/);
    expect(lines[6]).toMatch(/の鍵で検証できました$/);
  });

  test('says what a refusal means, with the words of the service, and what to do', async () => {
    const { output } = await runCli(['check', 'https://reports.example.org', '--lang', 'ja'], caller());
    expect(output).toMatch(/^失敗 {9}バインディング {2}policy_denied: どのバインディングも.+（.+）$/m);
    expect(output).toMatch(/^ {13}対処: どのバインディングも/m);
    expect(output).toMatch(/^未確認 {7}検証$/m);
  });

  test('gives its steps the same names in JSON', async () => {
    const { exitCode, faulty } = await check({ ...japanese(), COUNTERSIGN_URL: 'http://127.0.0.1:9' });
    expect(faulty).toMatchObject({ step: 'reachable', status: 'unknown' });
    expect(faulty?.found).toMatch(/から応答がありません$/);
    expect(faulty?.mend).toMatch(/--url が正しいか/);
    expect(exitCode).toBe(3);
  });

  test('says what the doctor finds in the token', async () => {
    keySet = 'none';
    const { faulty } = await check(japanese());
    expect(faulty?.found).toMatch(/^jwks_unavailable: .*鍵/);
  });
});

describe('with an audience that is forbidden', () => {
  const checkRefused = async (forbidden: string) => {
    const { exitCode, output } = await runCli(['check', aud, '--forbidden', forbidden, '--json'], caller());
    const { steps } = JSON.parse(output);
    return { exitCode, last: steps.at(-1), count: steps.length };
  };

  test('sees it refused', async () => {
    expect(await checkRefused('https://forbidden.example')).toEqual({
      exitCode: 0,
      last: { step: 'refused', status: 'ok', found: 'https://forbidden.example is denied', mend: null },
      count: 8,
    });
  });

  test('fails where a token is signed for it', async () => {
    const { exitCode, last } = await checkRefused('https://other.example.com');
    expect(last).toMatchObject({ step: 'refused', status: 'failed' });
    expect(last.found).toContain('https://other.example.com was signed');
    expect(exitCode).toBe(1);
  });
});

describe('names the first step that fails, and how to mend it:', () => {
  test('nothing answers', async () => {
    const { exitCode, statuses, faulty } = await check({
      ...caller(),
      COUNTERSIGN_URL: 'http://127.0.0.1:9',
    });
    expect(faulty).toMatchObject({ step: 'reachable', status: 'unknown' });
    expect(faulty?.mend).toContain('--url');
    expect(statuses.slice(1)).toEqual(Array(6).fill('not reached'));
    expect(exitCode).toBe(3);
  });

  test('something else answers', async () => {
    const url = await startStandIn(404, '<h1>Not found</h1>');
    const { exitCode, faulty } = await check({ ...caller(), COUNTERSIGN_URL: url });
    expect(faulty).toMatchObject({ step: 'reachable', status: 'failed' });
    expect(exitCode).toBe(1);
  });

  test('there is no metadata server', async () => {
    const { exitCode, faulty } = await check({ ...caller(), GCE_METADATA_HOST: '127.0.0.1:9' });
    expect(faulty).toMatchObject({ step: 'caller token', status: 'unknown' });
    expect(faulty?.mend).toContain('GCE_METADATA_HOST');
    expect(faulty?.mend).toContain('--as SERVICE_ACCOUNT');
    expect(exitCode).toBe(3);
  });

  test('Cloud Run does not let the caller in', async () => {
    const url = await startStandIn(403, '<html>Forbidden</html>');
    const { exitCode, faulty } = await check({ ...caller(), COUNTERSIGN_URL: url });
    expect(faulty).toMatchObject({ step: 'who am I', status: 'failed' });
    expect(faulty?.mend).toContain(`--member=serviceAccount:caller@${project}.iam.gserviceaccount.com`);
    expect(faulty?.mend).toContain('roles/run.invoker');
    expect(exitCode).toBe(1);
  });

  test('the caller token is for another service', async () => {
    const { exitCode, faulty } = await check({
      ...caller(),
      COUNTERSIGN_URL: local.url.replace('127.0.0.1', 'localhost'),
    });
    expect(faulty).toMatchObject({ step: 'who am I', status: 'failed' });
    expect(faulty?.found).toContain('unauthenticated');
    expect(exitCode).toBe(1);
  });

  test('no binding names the caller', async () => {
    const { exitCode, statuses, faulty } = await check(environmentOf(local, 'stranger'));
    expect(faulty).toMatchObject({ step: 'binding', status: 'failed' });
    expect(faulty?.found).toContain('policy_denied');
    expect(statuses).toEqual(['ok', 'ok', 'ok', 'failed', 'not reached', 'not reached', 'not reached']);
    expect(exitCode).toBe(1);
  });

  test('the function may not sign', async () => {
    local.emulator.setBindings({ [`projects/${project}/serviceAccounts/${signer}`]: [] });
    const { exitCode, faulty } = await check(caller());
    expect(faulty).toMatchObject({ step: 'IAM permission', status: 'failed' });
    expect(faulty?.mend).toContain('gcloud iam service-accounts add-iam-policy-binding');
    expect(exitCode).toBe(1);
  });

  test("IAM's quota is spent", async () => {
    local.emulator.addFault({ api: 'signJwt', count: 0, status: 429 });
    const { exitCode, faulty } = await check(caller());
    expect(faulty).toMatchObject({ step: 'signed', status: 'unknown' });
    expect(faulty?.found).toContain('signer_quota_exceeded');
    expect(faulty?.mend).toContain("have the project's quota raised");
    expect(exitCode).toBe(3);
  });

  test('the service still has the keys from before a rotation that came too fast', async () => {
    expect((await check(caller())).exitCode).toBe(0);
    local.emulator.rotate({ issuer: signer, immediate: true });
    local.emulator.rotate({ issuer: signer, immediate: true });
    const { exitCode, faulty } = await check(caller());
    expect(faulty).toMatchObject({ step: 'verified', status: 'failed' });
    expect(faulty?.found).toMatch(/^kid_not_found: /);
    expect(exitCode).toBe(1);
  });

  test('the keys that are published do not verify it', async () => {
    keySet = 'none';
    const { exitCode, statuses, faulty } = await check(caller());
    expect(faulty).toMatchObject({ step: 'verified' });
    expect(statuses.slice(0, 6)).toEqual(Array(6).fill('ok'));
    expect(exitCode).not.toBe(0);
  });
});
