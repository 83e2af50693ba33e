import { describe, expect, test } from 'vitest';
import { createMetadataCredentials } from '../../../functions/google/metadata-credentials.ts';
import { startServer } from '../../support/http-server.ts';

const flavor = { 'metadata-flavor': 'Google' };
const soon = () => performance.now() + 5_000;

interface MetadataAnswer {
  status?: number;
  headers?: Record<string, string>;
  /** Nothing is answered where there is none. */
  body?: string;
}

/** Credentials from a metadata server that gives these answers in turn, the last for ever. */
async function credentialsFrom(...answers: MetadataAnswer[]) {
  const asked: string[] = [];
  const { origin } = await startServer((request, response) => {
    asked.push(`${request.url} ${request.headers['metadata-flavor']}`);
    const {
      status = 200,
      headers = flavor,
      body,
    } = answers[Math.min(asked.length, answers.length) - 1] ?? {};
    if (body !== undefined) response.writeHead(status, headers).end(body);
  });
  return { credentials: createMetadataCredentials(origin), asked };
}

const tokenOf = (name: string, expiresInSeconds: number) => ({
  body: JSON.stringify({ access_token: name, expires_in: expiresInSeconds, token_type: 'Bearer' }),
});

test('asks the metadata server once for all who wait, and keeps the token', async () => {
  const { credentials, asked } = await credentialsFrom(tokenOf('first', 3600), tokenOf('second', 3600));
  const tokens = await Promise.all(Array.from({ length: 50 }, () => credentials.accessToken(soon())));
  expect(new Set([...tokens, await credentials.accessToken(soon())])).toEqual(new Set(['first']));
  expect(asked).toEqual(['/computeMetadata/v1/instance/service-accounts/default/token Google']);
});

test('asks anew where the token has less than four minutes left, and after that very one was discarded', async () => {
  const { credentials } = await credentialsFrom(
    tokenOf('short', 239),
    tokenOf('long', 3600),
    tokenOf('newest', 3600),
  );
  expect(await credentials.accessToken(soon())).toBe('short');
  expect(await credentials.accessToken(soon())).toBe('long');
  expect(await credentials.accessToken(soon())).toBe('long');
  credentials.discard('short');
  expect(await credentials.accessToken(soon())).toBe('long');
  credentials.discard('long');
  expect(await credentials.accessToken(soon())).toBe('newest');
});

test('tells the e-mail of the account', async () => {
  const { credentials } = await credentialsFrom({ body: 'countersign@acme.iam.gserviceaccount.com\n' });
  expect(await credentials.email(soon())).toBe('countersign@acme.iam.gserviceaccount.com');
});

test('tries again after a failure that may pass', async () => {
  const down = { status: 503, body: '' };
  const { credentials } = await credentialsFrom(down, { ...down, status: 500 }, tokenOf('third', 3600));
  expect(await credentials.accessToken(soon())).toBe('third');
});

describe('there is no token where the metadata server', () => {
  test.each<[string, MetadataAnswer, string, RegExp, number]>([
    ['stays out of order', { status: 500, body: '' }, 'signer_unavailable', /status 500/, 4],
    ['knows no account', { status: 404, body: '' }, 'signer_unavailable', /status 404/, 1],
    ['is another server', { headers: {}, body: '{}' }, 'signer_unavailable', /no access token/, 1],
    ['answers no JSON', { body: 'secret' }, 'signer_unavailable', /an answer that is none/, 1],
    [
      'answers without a token',
      { body: '{"expires_in":3600}' },
      'signer_unavailable',
      /an answer that is none/,
      1,
    ],
    ['says nothing', {}, 'deadline_exceeded', /did not come in time/, 1],
  ])('%s', async (_what, answer, code, detail, tries) => {
    const { credentials, asked } = await credentialsFrom(answer);
    const failing = credentials.accessToken(performance.now() + 1_500);
    await expect(failing).rejects.toMatchObject({ code, message: expect.stringMatching(detail) });
    await expect(failing).rejects.not.toThrow('secret');
    expect(asked).toHaveLength(tries);
  });

  test('is not there', async () => {
    const credentials = createMetadataCredentials('http://127.0.0.1:1');
    await expect(credentials.accessToken(soon())).rejects.toMatchObject({ code: 'signer_unavailable' });
  });
});

test('one caller’s deadline is not another’s', async () => {
  const { credentials } = await credentialsFrom({ status: 500, body: '' }, tokenOf('second', 3600));
  const hasty = credentials.accessToken(performance.now() + 20);
  const patient = credentials.accessToken(soon());
  await expect(hasty).rejects.toMatchObject({ code: 'deadline_exceeded' });
  expect(await patient).toBe('second');
});
