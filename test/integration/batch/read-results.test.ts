import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { beforeAll, beforeEach, expect, test } from 'vitest';
import {
  buildBatchMessage,
  createReplyKeys,
  openReply,
  ReplyCollector,
  readResult,
  waitForResult,
} from '../../../sdk/src/batch/index.ts';
import {
  type BatchFunction,
  publicReplyKey,
  replies,
  replyKey,
  secretOne,
  startBatchFunction,
} from '../../support/batch-function.ts';

let target: BatchFunction;
let client: SecretManagerServiceClient;
const requests = [1, 2].map((n) => ({ id: `${n}`, claims: { aud: `https://n${n}.example.com` } }));
const text = (data: Uint8Array) => new TextDecoder().decode(data);

beforeAll(async () => {
  target = await startBatchFunction();
  const { hostname, port } = new URL(target.emulator.origin);
  const options = { fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(port) };
  client = new SecretManagerServiceClient(options);
});

beforeEach(() => {
  target.emulator.reset();
  target.emulator.setDelivery({ pushEndpoint: target.url, minimumBackoffMs: 5, maximumBackoffMs: 50 });
});

const add = (result: object) =>
  client.addSecretVersion({ parent: secretOne, payload: { data: Buffer.from(JSON.stringify(result)) } });

test('reads the batch’s own result, the lowest of those that answer it, also where the list lags behind', async () => {
  const message = buildBatchMessage({ requests, deliverTo: { secret: secretOne } });
  await add({ requestId: 'another', results: [] });
  target.emulator.setStaleness({ listSeconds: 60 });
  expect(await readResult(message, client)).toBeUndefined();
  await target.publish({ data: text(message.data) });
  const result = await waitForResult(() => readResult(message, client), { intervalMs: 20 });
  const ids = requests.map(({ id }) => ({ id, problem: { code: 'internal' } }));
  await add({ requestId: message.requestId, results: ids });
  expect(await readResult(message, client)).toEqual(result);
  expect(result.results?.every(({ token }) => token !== undefined)).toBe(true);
});

test('takes the lower version of two also where the list has it not yet, but the higher one', async () => {
  const message = buildBatchMessage({ requests, deliverTo: { secret: secretOne } });
  await target.publish({ data: text(message.data) });
  await target.settled();
  const effective = await readResult(message, client);
  await add({ requestId: message.requestId, results: requests.map(({ id }) => ({ id, problem: {} })) });
  const listSecretVersions = async (request: { parent: string }) => {
    const [versions] = await client.listSecretVersions(request);
    return [versions.filter(({ name }) => !name?.endsWith('/versions/1'))];
  };
  const lagging = {
    listSecretVersions,
    accessSecretVersion: (request: { name: string }) => client.accessSecretVersion(request),
  };
  expect(await readResult(message, lagging)).toEqual(effective);
});

test('reads the version of another batch once, however often it looks', async () => {
  await add({ requestId: 'another', results: [] });
  const message = buildBatchMessage({ requests, deliverTo: { secret: secretOne } });
  const looking = waitForResult(() => readResult(message, client), { intervalMs: 5 });
  await expect
    .poll(() => target.emulator.requests('versions.list').length, { interval: 5, timeout: 10_000 })
    .toBeGreaterThan(3);
  await target.publish({ data: text(message.data) });
  expect((await looking).results).toHaveLength(2);
  const ofOther = target.emulator.requests('versions.access').filter(({ path }) => path.includes('/1:'));
  expect(ofOther).toHaveLength(1);
});

test('finds its own result past one of another batch that has the same requestId', async () => {
  const mine = buildBatchMessage({ requestId: 'shared', requests, deliverTo: { secret: secretOne } });
  const swapped = requests.map(({ id }, index) => ({ ...requests[1 - index], id }));
  const theirs = buildBatchMessage({ ...mine, requests: swapped as typeof requests });
  for (const { data } of [theirs, mine]) {
    await target.publish({ data: text(data) });
    await target.settled();
  }
  // One topic's second batch of that name is refused, and its reader learns so.
  expect(await readResult(mine, client)).toMatchObject({
    results: [{ problem: { code: 'invalid_request' } }, { problem: { code: 'invalid_request' } }],
  });
  expect((await readResult(theirs, client))?.results?.[0]?.token).toMatch(/^eyJ/);
});

test('refuses a token for another audience than was asked', async () => {
  const asked = buildBatchMessage({ requestId: 'r', requests, deliverTo: { secret: secretOne } });
  const swapped = requests.map(({ id }, index) => ({
    id,
    claims: { aud: requests[1 - index]?.claims.aud ?? '' },
  }));
  const other = buildBatchMessage({ requestId: 'r', requests: swapped, deliverTo: { secret: secretOne } });
  await target.publish({ data: text(other.data) });
  await target.settled();
  await expect(readResult(asked, client)).rejects.toMatchObject({ code: 'invalid_response' });
});

test('collects a reply from its topic, whatever else comes there and however often', async () => {
  const message = buildBatchMessage({ requests, deliverTo: { topic: replies, jwk: publicReplyKey } });
  const { privateJwk } = await createReplyKeys();
  await target.publish({ data: text(message.data) });
  await target.settled();
  const [data = ''] = await target.pulled('token-replies-pull');
  expect(await openReply(data, { privateJwk })).toBeUndefined();
  await expect(openReply(`${data.slice(0, -4)}AAAA`, { privateJwk: replyKey })).rejects.toThrow(/no reply/);
  const collector = new ReplyCollector(message, { privateJwk: replyKey });
  expect([await collector.add(data), await collector.add(data)]).toEqual([true, true]);
  expect(collector.result?.results).toMatchObject([{ id: '1' }, { id: '2' }]);
});

test('looks again past a Secret Manager that fails for a moment, but not past one that refuses', async () => {
  const message = buildBatchMessage({ requests, deliverTo: { secret: secretOne } });
  await target.publish({ data: text(message.data) });
  await target.settled();
  target.emulator.addFault({ api: 'versions.list', status: 503, count: 2 });
  target.emulator.addFault({ api: 'versions.access', status: 503, count: 1 });
  const look = () => readResult(message, client);
  expect((await waitForResult(look, { intervalMs: 5, timeoutMs: 15_000 })).results).toHaveLength(2);
  target.emulator.addFault({ api: 'versions.list', status: 403, count: 1 });
  await expect(waitForResult(look, { intervalMs: 5 })).rejects.toMatchObject({
    code: 'network_error',
    retryable: false,
  });
});

test('gives up at its deadline', async () => {
  const waiting = waitForResult(() => undefined, { timeoutMs: 30, intervalMs: 10 });
  await expect(waiting).rejects.toMatchObject({ code: 'deadline_exceeded' });
});

test.each([
  ['no items', { requests: [] }, 'requests must be 1 to 1000 items, not 0'],
  ['no requests', { requests: undefined as never }, 'requests must be 1 to 1000 items, not undefined'],
  ['an id twice', { requests: [...requests, ...requests] }, 'Each item needs an id of its own'],
  [
    'a private key',
    { deliverTo: { topic: replies, jwk: replyKey } },
    'deliverTo.jwk must be a public key: the one that createReplyKeys gives as publicJwk',
  ],
  [
    "a secret's bare name",
    { deliverTo: { secret: 'batch-one' } },
    'deliverTo.secret must be projects/PROJECT/secrets/SECRET, not batch-one',
  ],
  [
    'no delivery',
    { deliverTo: undefined as never },
    'deliverTo.topic must be projects/PROJECT/topics/TOPIC, not undefined',
  ],
  ['a requestId with a space', { requestId: 'a b' }, 'requestId must be 1 to 128 visible ASCII characters'],
  ['a notAfter that has passed', { notAfter: new Date(0) }, 'notAfter must be within 24 hours from now'],
])('does not build a message with %s', (_what, changes, message) => {
  expect(() => buildBatchMessage({ requests, deliverTo: { secret: secretOne }, ...changes })).toThrow(
    new TypeError(message),
  );
});
