import type { ServerResponse } from 'node:http';
import { beforeEach, expect, test, vi } from 'vitest';
import { createCredentials } from '../../../functions/google/credentials.ts';
import { startServer } from '../../support/http-server.ts';

const email = 'countersign@acme.iam.gserviceaccount.com';

beforeEach(() => {
  vi.stubEnv('METADATA_SERVER_DETECTION', 'assume-present');
  return () => vi.unstubAllEnvs();
});

/** A metadata server that answers these in turn for a path that ends so, the last for ever. */
async function startMetadata(answers: { token?: string[]; email?: string[] }) {
  const server = await startServer((request, response: ServerResponse) => {
    const [, what = ''] = /\/default\/(token|email)/.exec(request.url ?? '') ?? [];
    const given = answers[what as 'token' | 'email'] ?? [''];
    response.setHeader('metadata-flavor', 'Google').end(given.length > 1 ? given.shift() : given[0]);
  });
  vi.stubEnv('GCE_METADATA_HOST', new URL(server.origin).host);
  return (what: string) => server.requests.filter((request) => request.includes(what)).length;
}

const soon = () => performance.now() + 5_000;
const token = JSON.stringify({ access_token: 'ya29.good', expires_in: 3599, token_type: 'Bearer' });

test.each([
  ['without an end', { access_token: 'ya29.canary' }],
  ['with an end that is no number', { access_token: 'ya29.canary', expires_in: 'soon' }],
  ['of another type', { access_token: 17, expires_in: 3599 }],
  ['that would break out of its header', { access_token: 'ya29.canary\r\nx: y', expires_in: 3599 }],
])('an access token %s is neither used nor kept', async (_what, answer) => {
  await startMetadata({ token: [JSON.stringify(answer), token] });
  const credentials = createCredentials();
  const failure = await credentials.accessToken(soon()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'signer_unavailable', retryAfterSeconds: 5 });
  expect(String(failure)).not.toContain('canary');
  expect(await credentials.accessToken(soon())).toBe('ya29.good');
});

test('an access token is fetched once for fifty who ask at the same time, and then kept', async () => {
  const asked = await startMetadata({ token: [token] });
  const credentials = createCredentials();
  await Promise.all(Array.from({ length: 50 }, () => credentials.accessToken(soon())));
  await credentials.accessToken(soon());
  expect(asked('/token')).toBe(1);
});

test('an access token is fetched anew once it was discarded, not where another came since', async () => {
  const newer = token.replace('good', 'newer');
  await startMetadata({ token: [token, newer, token] });
  const credentials = createCredentials();
  credentials.discard(await credentials.accessToken(soon()));
  expect(await credentials.accessToken(soon())).toBe('ya29.newer');
  credentials.discard('ya29.good');
  expect(await credentials.accessToken(soon())).toBe('ya29.newer');
});

test('nothing but the metadata server is asked: no project, and no gcloud', async () => {
  const asked = await startMetadata({ token: [token] });
  await createCredentials().accessToken(soon());
  expect(asked('/project/')).toBe(0);
  expect(asked('')).toBe(1);
});

test('an account that is none is not believed, and one that is is asked for once', async () => {
  const asked = await startMetadata({ email: ['<html>canary</html>', email] });
  const credentials = createCredentials();
  const failure = await credentials.email(soon()).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'signer_unavailable' });
  expect(String(failure)).not.toContain('canary');
  expect([await credentials.email(soon()), await credentials.email(soon())]).toEqual([email, email]);
  expect(asked('/email')).toBe(2);
});
