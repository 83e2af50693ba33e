import { describe, expect, test } from 'vitest';
import type { Credentials } from '../../../functions/google/credentials.ts';
import { createPublisher } from '../../../functions/google/publisher.ts';
import { createSecretStore } from '../../../functions/google/secret-store.ts';
import { startServer } from '../../support/http-server.ts';

const secret = 'projects/acme/secrets/batch';
const topic = 'projects/acme/topics/replies';

/** An API of Google's that always answers this, and the credentials that it is called with. */
async function startApi(status: number, body: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const server = await startServer((request, response) => {
    request.resume().on('end', () => response.writeHead(status).end(text));
  });
  const credentials: Credentials & { discards: number } = {
    discards: 0,
    accessToken: async () => 'ya29.canary',
    email: async () => 'nobody',
    discard() {
      this.discards += 1;
    },
  };
  const store = createSecretStore(server.origin, credentials);
  const publisher = createPublisher(server.origin, credentials);
  return { store, publisher, credentials, requests: server.requests };
}

const soon = () => performance.now() + 5_000;

describe('a message', () => {
  test.each([
    ['HTML', '<html>'],
    ['nothing', ''],
    ['no ID', { messageIds: [] }],
    ['an ID of another type', { messageIds: [17] }],
  ])('that is answered with 200 and %s is not published', async (_what, body) => {
    const { publisher } = await startApi(200, body);
    const publishing = publisher.publish(topic, [Buffer.from('reply')], soon());
    await expect(publishing).rejects.toMatchObject({ name: 'DeliveryFailure', isPermanent: false });
  });
});

describe('a secret', () => {
  test.each([
    ['HTML', '<html>'],
    ['no name', { labels: {}, etag: '"1"' }],
    ['another secret', { name: 'projects/acme/secrets/other', etag: '"1"' }],
    ['no etag', { name: secret, labels: {} }],
  ])('that is answered with 200 and %s is looked at again later', async (_what, body) => {
    const { store } = await startApi(200, body);
    await expect(store.metadataOf(secret, soon())).rejects.toMatchObject({ isPermanent: false });
  });

  test.each([
    ['a version without a name', {}],
    ['a version of another secret’s form', { name: 17 }],
  ])('that is answered with %s has none with a number of ours', async (_what, body) => {
    const { store } = await startApi(200, body);
    const adding = store.addVersion(secret, Buffer.from('{}'), soon());
    await expect(adding).rejects.toMatchObject({ isPermanent: false });
  });

  test.each([
    [409, { error: { status: 'ABORTED' } }],
    [400, { error: { status: 'FAILED_PRECONDITION' } }],
  ])('that another event wrote first (%i) is not annotated', async (status, body) => {
    const { store } = await startApi(status, body);
    expect(await store.annotate(secret, {}, '"1"', soon())).toBeUndefined();
  });

  test.each([
    [400, true],
    [403, true],
    [404, true],
    [429, false],
    [500, false],
    [503, false],
  ])('that is answered with %i is at fault for good: %s', async (status, isPermanent) => {
    const { store, requests } = await startApi(status, {});
    await expect(store.metadataOf(secret, soon())).rejects.toMatchObject({ isPermanent });
    expect(requests).toHaveLength(1);
  });

  test('is asked for with another access token where the last was not accepted', async () => {
    const { store, credentials } = await startApi(401, {});
    const failure = await store.metadataOf(secret, soon()).catch((error: unknown) => error);
    expect(failure).toMatchObject({ isPermanent: false });
    expect(String(failure)).not.toContain('canary');
    expect(credentials.discards).toBe(1);
  });

  test('has its versions listed page by page', async () => {
    const server = await startServer((request, response) => {
      const isFirst = !new URL(request.url ?? '', 'http://x').searchParams.get('pageToken');
      const number = isFirst ? 2 : 1;
      const versions = [
        {
          name: `${secret}/versions/${number}`,
          createTime: '2026-01-01T00:00:00Z',
          state: isFirst ? 'ENABLED' : 'DESTROYED',
        },
      ];
      response.end(JSON.stringify({ versions, ...(isFirst && { nextPageToken: 'more' }) }));
    });
    const credentials = { accessToken: async () => 'ya29.canary', email: async () => '', discard() {} };
    const found = await createSecretStore(server.origin, credentials).versionsOf(secret, soon());
    expect(found.map(({ number, isDestroyed }) => [number, isDestroyed])).toEqual([
      [2, false],
      [1, true],
    ]);
  });
});
