import { expect, test } from 'vitest';
import { buildBatchMessage, readResult } from '../../../sdk/src/batch/index.ts';

const secret = 'projects/acme/secrets/nightly';
const message = buildBatchMessage({
  requests: [{ id: '1', claims: { aud: 'https://a.example.com' } }],
  deliverTo: { secret },
});

/** A client of Secret Manager whose secret has one version, and that fails as told where it is read. */
const clientThatFails = (error: object) => ({
  listSecretVersions: async () => [
    [{ name: `${secret}/versions/1`, state: 'ENABLED', createTime: { seconds: Date.now() / 1000 } }],
  ],
  accessSecretVersion: async () => {
    throw Object.assign(new Error('{"error": {"status": "FAILED_PRECONDITION"}}'), error);
  },
});

/** A client as its secret is while no result is there: nothing is listed, and nothing is found by number. */
const emptyClient = (error: object) => ({ ...clientThatFails(error), listSecretVersions: async () => [[]] });

test.each([
  ['gRPC', { code: 5 }],
  ['REST of google-gax 5', { code: 404, status: 404 }],
])('a version that is not there yet is no failure over %s', async (_, error) => {
  expect(await readResult(message, emptyClient(error))).toBeUndefined();
});

test.each([
  ['gRPC', { code: 7 }, 403],
  ['REST of google-gax 5', { code: 403, status: 403 }, 403],
  ['a network that is down', { code: 'ECONNREFUSED' }, undefined],
])('what is no answer about a version is a failure over %s', async (_, error, status) => {
  await expect(readResult(message, emptyClient(error))).rejects.toMatchObject({
    code: 'network_error',
    status,
  });
});

test.each([
  ['gRPC', { code: 9 }],
  ['REST of google-gax 5', { code: 400, status: 400 }],
])('a version that is destroyed is passed over on %s', async (_, destroyed) => {
  const client = {
    ...clientThatFails(destroyed),
    accessSecretVersion: async ({ name }: { name: string }) => {
      const error = name.endsWith('/1') ? destroyed : { code: 5 };
      throw Object.assign(new Error('{"error": {"status": "FAILED_PRECONDITION"}}'), error);
    },
  };
  expect(await readResult(message, client)).toBeUndefined();
});
