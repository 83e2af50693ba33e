import { generateKeyPairSync } from 'node:crypto';
import { request } from 'node:http';
import { compactDecrypt, createRemoteJWKSet, decodeJwt, importJWK, jwtVerify } from 'jose';
import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  type BatchFunction,
  publicReplyKey,
  replies,
  replyKey,
  secretOne,
  startBatchFunction,
} from '../../support/batch-function.ts';

// A batch may wait for a redelivery, and for a machine that is busy.
vi.setConfig({ testTimeout: 90_000 });

let target: BatchFunction;
const signer = 'signer@countersign-local.iam.gserviceaccount.com';
const topic = 'projects/countersign-local/topics/token-requests';
const item = (id: string, changes: object = {}) => ({
  id,
  claims: { aud: `https://${id}.example.com` },
  ...changes,
});
const batch = (requestId: string, changes: object = {}) => ({
  requestId,
  requests: [item('a'), item('b')],
  deliverTo: { secret: secretOne },
  ...changes,
});

beforeAll(async () => {
  target = await startBatchFunction();
});

beforeEach(() => {
  target.emulator.reset();
  target.emulator.setDelivery({ pushEndpoint: target.url, minimumBackoffMs: 5, maximumBackoffMs: 50 });
});

async function send(data: unknown): Promise<void> {
  await target.publish({ data });
  await target.settled();
}

const signatures = () => target.emulator.requests('signJwt').length;

test('a batch ends in one version with a token or a problem for each item, and the tokens verify', async () => {
  await send(batch('r1', { requests: [item('a'), { id: 'bad', claims: { aud: 'https://elsewhere.org' } }] }));
  const [{ requestId, results }, ...others] = await target.versions();
  expect(others).toEqual([]);
  expect(requestId).toBe('r1');
  expect(results).toMatchObject([{ id: 'a' }, { id: 'bad', problem: { code: 'policy_denied' } }]);
  const keys = createRemoteJWKSet(new URL(`${target.emulator.origin}/service_accounts/v1/jwk/${signer}`));
  const { payload } = await jwtVerify(results[0].token, keys, { audience: 'https://a.example.com' });
  expect(results[0].exp).toBe(payload.exp);
  expect(target.logged()).toContain('"version":1,"signed":1');
  expect(target.logged()).not.toContain(results[0].token);
});

test('a push that breaks off comes again, and is no fault of the batch', async () => {
  const headers = { authorization: `Bearer ${await target.idToken()}`, 'content-length': 1000 };
  const broken = request(target.url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
  });
  broken.on('error', () => undefined);
  broken.write('{"message":');
  await vi.waitFor(() => expect(broken.socket?.bytesWritten).toBeGreaterThan(0));
  broken.destroy();
  await new Promise((resolve) => broken.once('close', resolve));
  await send(batch('whole'));
  expect(await target.versions()).toMatchObject([{ requestId: 'whole' }]);
  expect(target.logged()).not.toContain('"requestId":"","deliverTo"');
  expect(await target.pulled('token-dead-letter-pull')).toEqual([]);
});

test.each(['raw', 'binary', 'structured'] as const)('a push comes %s', async (format) => {
  target.emulator.setDelivery({ pushEndpoint: target.url, format });
  await send(batch(`form-${format}`));
  expect(await target.versions()).toMatchObject([
    { requestId: `form-${format}`, results: [{ id: 'a' }, { id: 'b' }] },
  ]);
});

test('attributes alone are a batch of one', async () => {
  const attributes = { aud: 'https://one.example.com', deliverTo: secretOne, requestId: 'attributes' };
  await target.publish({ attributes });
  await target.settled();
  const [{ requestId, results }] = await target.versions();
  expect(requestId).toBe('attributes');
  expect(decodeJwt(results[0].token).aud).toBe('https://one.example.com');
});

test('a repeat and a duplicate change nothing', async () => {
  target.emulator.setDelivery({ pushEndpoint: target.url, duplicateRate: 1, minimumBackoffMs: 5 });
  await send(batch('twice'));
  await send(batch('twice'));
  expect(await target.versions()).toHaveLength(1);
});

test('the same requestId with other items is refused, and the first result stands', async () => {
  await send(batch('same'));
  await send(batch('same', { requests: [item('c')] }));
  await send(batch('same', { requests: [item('c')] }));
  const [first, refusal, ...others] = await target.versions();
  expect(first.results).toHaveLength(2);
  expect(refusal.results).toMatchObject([{ id: 'c', problem: { code: 'invalid_request' } }]);
  expect(others).toEqual([]);
});

test('a topic gets a compact JWE that only the key opens', async () => {
  await send(batch('to-topic', { deliverTo: { topic: replies, jwk: publicReplyKey } }));
  const [jwe = ''] = await target.pulled('token-replies-pull');
  expect(jwe.split('.')).toHaveLength(5);
  const { plaintext, protectedHeader } = await compactDecrypt(
    jwe,
    await importJWK(replyKey, 'ECDH-ES+A256KW'),
  );
  expect(protectedHeader).toMatchObject({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' });
  expect(JSON.parse(new TextDecoder().decode(plaintext))).toMatchObject({
    requestId: 'to-topic',
    index: 0,
    count: 1,
    results: [{ id: 'a' }, { id: 'b' }],
  });
});

test('1,000 items go to a topic in parts', async () => {
  const requests = Array.from({ length: 1000 }, (_each, index) => item(`n${index}`));
  await send(batch('thousand', { requests, deliverTo: { topic: replies, jwk: publicReplyKey } }));
  const key = await importJWK(replyKey, 'ECDH-ES+A256KW');
  const parts = await Promise.all(
    (await target.pulled('token-replies-pull')).map(async (jwe) =>
      JSON.parse(new TextDecoder().decode((await compactDecrypt(jwe, key)).plaintext)),
    ),
  );
  expect(new Set(parts.map(({ count }) => count))).toEqual(new Set([parts.length]));
  const ids = parts
    .sort((a, b) => a.index - b.index)
    .flatMap(({ results }) => results.map(({ id }: { id: string }) => id));
  expect(ids).toEqual(requests.map(({ id }) => id));
}, 60_000);

test('what is late is a problem, not a token', async () => {
  await send(batch('late', { notAfter: 1 }));
  expect(await target.versions()).toMatchObject([
    { results: [{ problem: { code: 'deadline_exceeded' } }, { problem: { code: 'deadline_exceeded' } }] },
  ]);
  expect(signatures()).toBe(0);
});

test('a batch whose end comes while it is signed gets problems, not tokens', async () => {
  let aheadSeconds = 0;
  target.renew({
    change: (services) => {
      const { issuance } = services.batch;
      const now = () => issuance.now() + aheadSeconds;
      return { ...services, batch: { ...services.batch, issuance: { ...issuance, now } } };
    },
  });
  target.emulator.addFault({ api: 'signJwt', latencyMs: 300, count: 0 });
  const notAfter = Math.floor(Date.now() / 1000) + 30;
  await target.publish({ data: batch('ends', { notAfter }) });
  await expect
    .poll(() => target.emulator.stats().signJwt?.inFlight, { interval: 5, timeout: 10_000 })
    .toBe(2);
  aheadSeconds = 40;
  await target.settled();
  const late = { problem: { code: 'deadline_exceeded' } };
  expect(await target.versions()).toMatchObject([{ requestId: 'ends', results: [late, late] }]);
  target.renew({});
});

test('what fails twenty times goes to the dead-letter topic as it came, and loops no longer', async () => {
  target.emulator.addFault({ api: 'secrets.get', status: 503, count: 0 });
  await send(batch('poison'));
  expect(target.emulator.pushes().map(({ status }) => status)).toEqual(Array(20).fill(503));
  const [message = '', ...others] = await target.pulled('token-dead-letter-pull');
  expect(others).toEqual([]);
  expect(JSON.parse(message)).toEqual(batch('poison'));
  expect(signatures()).toBe(0);
});

test('a batch that can not fit a secret is refused before anything is signed', async () => {
  const requests = Array.from({ length: 200 }, (_each, index) => item(`n${index}`));
  await send(batch('large', { requests }));
  const [{ problem, results = [] }] = await target.versions();
  expect(problem?.code ?? results[0].problem.code).toBe('invalid_request');
  expect(signatures()).toBe(0);
});

test('IAM’s 429 and 503 are waited out, and what they hit is signed once', async () => {
  target.emulator.addFault({ api: 'signJwt', status: 429, count: 3 });
  target.emulator.addFault({ api: 'signJwt', status: 503, count: 2 });
  await send(batch('faults'));
  expect(await target.versions()).toMatchObject([{ results: [{ id: 'a' }, { id: 'b' }] }]);
});

test('a Secret Manager that is down is for Pub/Sub to try again', async () => {
  target.emulator.addFault({ api: 'secrets.get', status: 503, count: 2 });
  target.emulator.addFault({ api: 'secrets.addVersion', status: 503, count: 1 });
  await send(batch('down'));
  expect(await target.versions()).toHaveLength(1);
});

const strong = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const toTopic = (jwk: object) => ({ deliverTo: { topic: replies, jwk } });
describe('what can never succeed is acknowledged, put on record once, and signs nothing', () => {
  test.each<[string, unknown, RegExp]>([
    ['no JSON', '{"requests": canary', /invalid_request/],
    ['no object', '[]', /invalid_request/],
    ['no requests', batch('x', { requests: [] }), /invalid_request|delivered/],
    ['another delivery', batch('x', { deliverTo: { secret: `${secretOne}-else` } }), /policy_denied/],
    [
      'a secret without label',
      batch('x', { deliverTo: { secret: secretOne.replace('batch-one', 'unlabelled') } }),
      /policy_denied/,
    ],
    ['a private key', batch('x', toTopic(replyKey)), /private or symmetric/],
    [
      'a key that is not listed',
      batch('x', toTopic(strong().publicKey.export({ format: 'jwk' }))),
      /policy_denied/,
    ],
    [
      'a weak key',
      batch(
        'x',
        toTopic(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ format: 'jwk' })),
      ),
      /1024 bits/,
    ],
    ['a topic without a key', batch('x', { deliverTo: { topic: replies } }), /invalid_request/],
    ['10 MB of nothing', 'x'.repeat(9_900_000), /invalid_request/],
  ])('%s', async (what, data, record) => {
    await send(data);
    const buried = await target.pulled('token-dead-letter-pull');
    if (what === 'no requests') {
      expect(await target.versions()).toMatchObject([
        { requestId: 'x', problem: { code: 'invalid_request' } },
      ]);
    } else {
      expect(buried).toHaveLength(1);
      expect(JSON.parse(buried[0] ?? '')).toMatchObject({ topic, problem: { errors: expect.anything() } });
      expect(buried[0]).toMatch(record);
      expect(await target.versions()).toEqual([]);
    }
    expect(signatures()).toBe(0);
    expect(target.emulator.requests('push').length).toBeLessThanOrEqual(1);
    expect(target.logged()).not.toContain('canary');
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ['without deliverTo', { aud: 'https://one.example.com' }, /invalid_request/],
    ['without aud', { deliverTo: secretOne }, /neither data nor the attribute aud/],
    [
      'to a topic, for which they name no key',
      { aud: 'https://one.example.com', deliverTo: replies },
      /deliverTo/,
    ],
    ['to what is no resource', { aud: 'https://one.example.com', deliverTo: 'batch-one' }, /deliverTo/],
  ])('attributes alone %s', async (_what, attributes, record) => {
    await target.publish({ attributes });
    await target.settled();
    const buried = await target.pulled('token-dead-letter-pull');
    expect(buried).toHaveLength(1);
    expect(buried[0]).toMatch(record);
    expect(await target.versions()).toEqual([]);
    expect(signatures()).toBe(0);
  });

  test('attributes alone that ask beyond the policy: a problem at the delivery', async () => {
    await target.publish({ attributes: { aud: 'https://elsewhere.org', deliverTo: secretOne } });
    await target.settled();
    expect(await target.versions()).toMatchObject([
      { results: [{ id: '1', problem: { code: 'policy_denied' } }] },
    ]);
    expect(signatures()).toBe(0);
  });

  test('a message of nearly 10 MB, too large for its secret', async () => {
    const requests = Array.from({ length: 150 }, (_each, index) =>
      item(`n${index}`, { claims: { aud: 'https://a.example.com', team: 'x'.repeat(64_000) } }),
    );
    await send(batch('large', { requests }));
    expect(await target.versions()).toMatchObject([{ requestId: 'large' }]);
    expect(JSON.stringify(await target.versions())).toContain('Part the batch');
    expect(signatures()).toBe(0);
  });

  test.each([
    ['data that is not base64', { data: '***', messageId: '1' }],
    ['neither data nor attributes', { messageId: '1' }],
    ['no message', undefined],
  ])('%s', async (_what, message) => {
    const before = target.logged().length;
    const answer = await push({ message });
    expect(answer.status).toBe(204);
    expect(await target.pulled('token-dead-letter-pull')).toHaveLength(1);
    expect(
      target
        .logged()
        .slice(before)
        .match(/"logType":"audit"/g),
    ).toHaveLength(1);
    expect(signatures()).toBe(0);
  });

  test('a secret that is not there', async () => {
    await target.emulator.addFault({ api: 'secrets.get', status: 404, count: 1 });
    await send(batch('gone'));
    const [record = ''] = await target.pulled('token-dead-letter-pull');
    expect(record).toContain('delivery_rejected');
    expect(signatures()).toBe(0);
  });
});

async function push(
  body: unknown,
  {
    token,
    headers = {},
    path = '/',
  }: { token?: string; headers?: Record<string, string>; path?: string } = {},
): Promise<Response> {
  return fetch(target.url + path, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${token ?? (await target.idToken())}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(body),
  });
}

describe('a push is believed for its account alone', () => {
  const data = Buffer.from(JSON.stringify(batch('forged'))).toString('base64');
  const body = {
    message: { data, messageId: '7', publishTime: new Date().toISOString() },
    subscription: 's',
  };
  const source = '//pubsub.googleapis.com/projects/countersign-local/topics/other';

  test.each<[string, () => Promise<Response>]>([
    ['no token', () => fetch(target.url, { method: 'POST', body: JSON.stringify(body) })],
    [
      'a token for another audience',
      async () => push(body, { token: await target.idToken('pubsub-push', 'https://other.example.com') }),
    ],
    ['a token of another account', async () => push(body, { token: await target.idToken('caller') })],
    ['a forged ce-source', () => push(body, { headers: { 'ce-source': source, 'ce-id': '7' } })],
    [
      'a forged source in the body',
      () => push({ specversion: '1.0', type: 't', source, id: '7', data: body }),
    ],
    ['a topic in the URL path', () => push(body, { path: '/projects/countersign-local/topics/other' })],
  ])('%s is 401, and nothing is signed', async (_what, call) => {
    const answer = await call();
    expect(answer.status).toBe(401);
    expect(await answer.json()).toMatchObject({ code: 'unauthenticated' });
    expect(signatures()).toBe(0);
    expect(await target.versions()).toEqual([]);
  });
});
