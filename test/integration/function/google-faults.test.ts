import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type LocalFunction, startFunction } from '../../support/function.ts';

const signer = 'signer@countersign-local.iam.gserviceaccount.com';

let local: LocalFunction;

beforeAll(async () => {
  local = await startFunction();
});

afterEach(() => control('POST', 'reset'));

/** Drives the local cloud as a test in any language would, by its HTTP controls. */
async function control(method: string, path: string, body?: unknown): Promise<unknown> {
  const answer = await fetch(`${local.emulator.origin}/emulator/v1/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  expect(answer.ok, `${method} ${path}: ${answer.status}`).toBe(true);
  return answer.json().catch(() => undefined);
}

let asked = 0;

/** Asks for a token that no earlier request may be answered with. */
async function ask(): Promise<Response> {
  asked += 1;
  return local.call('/v1/tokens', { body: { claims: { aud: `https://a${asked}.example.com` } } });
}

const callsOf = (api: string) => local.emulator.stats()[api]?.calls ?? 0;

describe('what IAM does, and what the caller sees', () => {
  test.each<[string, object, number, string]>([
    ['fails for ever', { status: 503, count: 0 }, 503, 'signer_unavailable'],
    ['is out of order', { status: 500, count: 0 }, 503, 'signer_unavailable'],
    ['has its quota spent', { status: 429, count: 0 }, 503, 'signer_quota_exceeded'],
    [
      'denies the permission',
      { status: 403, count: 0, reason: 'IAM_PERMISSION_DENIED' },
      502,
      'signer_permission_missing',
    ],
    ['is not enabled', { status: 403, count: 0, reason: 'SERVICE_DISABLED' }, 502, 'signer_api_disabled'],
    ['finds an argument wrong', { status: 400, count: 0 }, 502, 'signer_rejected'],
    ['answers HTML', { status: 200, count: 0, body: '<html>' }, 502, 'signer_response_invalid'],
    [
      'answers without a JWT',
      { status: 200, count: 0, body: { keyId: 'k1' } },
      502,
      'signer_response_invalid',
    ],
    [
      'names another key',
      { status: 200, count: 0, body: { keyId: 'k1', signedJwt: 'e30.e30.c2ln' } },
      502,
      'signer_response_invalid',
    ],
    ['resets every connection', { resetAfterBytes: 0, count: 0 }, 503, 'signer_unavailable'],
    ['breaks every body off', { closeAfterBytes: 10, count: 0 }, 503, 'signer_unavailable'],
  ])('%s', async (_what, fault, status, code) => {
    await control('POST', 'faults', { api: 'signJwt', ...fault });
    const answer = await ask();
    expect(await answer.json()).toMatchObject({ status, code });
    expect(answer.headers.has('retry-after')).toBe(status === 503);
  });

  test('fails three times and then signs: the caller has its token', async () => {
    await control('POST', 'faults', { api: 'signJwt', status: 503, count: 3 });
    const before = callsOf('signJwt');
    expect((await ask()).status).toBe(200);
    expect(callsOf('signJwt') - before).toBe(4);
  });

  test('resets a connection in mid-body and then signs: the caller has its token', async () => {
    await control('POST', 'faults', { api: 'signJwt', resetAfterBytes: 20 });
    expect((await ask()).status).toBe(200);
  });

  test('says nothing: the caller hears so at the deadline', async () => {
    await control('POST', 'faults', { api: 'signJwt', latencyMs: 60_000, count: 0 });
    const startedAt = performance.now();
    expect(await (await ask()).json()).toMatchObject({ status: 504, code: 'deadline_exceeded' });
    expect(performance.now() - startedAt).toBeLessThan(11_000);
  }, 15_000);

  test('has a permission taken away: the caller reads the command that grants it', async () => {
    await control('PUT', 'bindings', { [`projects/countersign-local/serviceAccounts/${signer}`]: [] });
    const problem = await (await ask()).json();
    expect(problem).toMatchObject({ status: 502, code: 'signer_permission_missing' });
    expect(problem.detail).toContain(
      `gcloud iam service-accounts add-iam-policy-binding ${signer} --project=countersign-local ` +
        '--member=serviceAccount:countersign@countersign-local.iam.gserviceaccount.com',
    );
    expect(problem.detail).toContain('2 to 7 minutes');
  });
});

test('a metadata server that fails when a new access token is needed: signer_unavailable, and then tried again', async () => {
  await control('POST', 'faults', { api: 'signJwt', status: 401 });
  await control('POST', 'faults', { api: 'metadata.token', status: 500, count: 0 });
  expect(await (await ask()).json()).toMatchObject({ status: 503, code: 'signer_unavailable' });
  await control('DELETE', 'faults');
  expect((await ask()).status).toBe(200);
}, 20_000);

test('Google’s clock 13 hours ahead: what this function would sign has expired there', async () => {
  const token = await local.idToken();
  await control('PUT', 'clock', { offsetSeconds: 13 * 3600 });
  const answer = await local.call('/v1/tokens', {
    as: 'nobody',
    headers: { authorization: `Bearer ${token}` },
    body: { claims: { aud: 'https://ahead.example.com' } },
  });
  expect(await answer.json()).toMatchObject({ status: 502, code: 'signer_rejected' });
});
