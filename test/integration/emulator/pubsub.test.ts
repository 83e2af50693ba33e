import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { call, emailOf, get, type Reply } from '../../support/emulator-client.ts';

let emulator: Emulator;

beforeAll(async () => {
  emulator = await startEmulator();
});

beforeEach(() => emulator.reset());

afterAll(() => emulator.stop());

const project = '/v1/projects/countersign-local';
const replies = `${project}/topics/token-replies`;
const repliesPull = `${project}/subscriptions/token-replies-pull`;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const textOf = ({ message }: { message: { data: string } }) => Buffer.from(message.data, 'base64').toString();

function publish(messages: unknown, topic = replies): Promise<Reply> {
  return call(emulator, 'POST', `${topic}:publish`, { body: { messages } });
}

// biome-ignore lint/suspicious/noExplicitAny: tests look into messages of every shape.
async function pull(subscription = repliesPull, maxMessages = 100): Promise<any[]> {
  const body = { maxMessages, returnImmediately: true };
  return (await call(emulator, 'POST', `${subscription}:pull`, { body })).body.receivedMessages ?? [];
}

describe('a message', () => {
  it('is published, pulled and acknowledged', async () => {
    const message = { data: base64('hello'), attributes: { a: 'b' }, orderingKey: 'k' };
    const { body } = await publish([message, { attributes: { alone: 'yes' } }]);
    expect(body.messageIds).toEqual([expect.stringMatching(/^\d+$/), expect.stringMatching(/^\d+$/)]);
    const received = await pull();
    expect(received).toMatchObject([
      { message: { ...message, messageId: body.messageIds[0] } },
      { message: { attributes: { alone: 'yes' }, messageId: body.messageIds[1] } },
    ]);
    expect(received[1].message).not.toHaveProperty('data');
    expect(await pull()).toEqual([]);
    const ackIds = received.map(({ ackId }) => ackId);
    await call(emulator, 'POST', `${repliesPull}:acknowledge`, { body: { ackIds } });
    expect(emulator.backlog()['projects/countersign-local/subscriptions/token-replies-pull']).toBe(0);
  });

  it('comes again once its deadline is zero or past', async () => {
    await publish([{ data: base64('x') }]);
    const [first] = await pull();
    const body = { ackIds: [first.ackId], ackDeadlineSeconds: 0 };
    await call(emulator, 'POST', `${repliesPull}:modifyAckDeadline`, { body });
    emulator.setDelivery({ ackDeadlineMs: 50 });
    expect(await pull()).toHaveLength(1);
    expect(await pull()).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(await pull()).toHaveLength(1);
  });

  it('is waited for by a pull that finds none', async () => {
    const waiting = call(emulator, 'POST', `${repliesPull}:pull`, { body: { maxMessages: 1 } });
    await publish([{ data: base64('late') }]);
    expect(textOf((await waiting).body.receivedMessages[0])).toBe('late');
  });

  it('is dropped after its retention', async () => {
    await publish([{ data: base64('x') }]);
    emulator.setClock({ advanceSeconds: 8 * 24 * 3600 });
    expect(await pull()).toEqual([]);
  });

  it('may have ten million bytes and not one more', async () => {
    const bytes = Buffer.alloc(10_000_000, 'x');
    expect((await publish([{ data: bytes.toString('base64') }])).status).toBe(200);
    expect((await pull())[0].message.data).toHaveLength(13_333_336);
    const { body } = await publish([{ data: Buffer.concat([bytes, Buffer.of(0)]).toString('base64') }]);
    expect(body.error.message).toBe(
      'The value for request_size is too large. You passed 10000001 in the request, but the maximum value is 10000000.',
    );
  });

  it.each([
    [[], 'The value for message_count is too small.'],
    [Array.from({ length: 1001 }, () => ({ data: 'eA==' })), 'The value for message_count is too large.'],
    [[{}], 'messages in the publish request is empty'],
    [[{ data: '' }], 'messages in the publish request is empty'],
    [[{ attributes: { a: 'x'.repeat(1025) } }], 'a value that is too long. The length is 1025 characters'],
    [[{ attributes: { ['k'.repeat(257)]: 'x' } }], 'a key that is too long. The length is 257 characters'],
    [[{ attributes: { googleRules: 'x' } }], 'attribute key "googleRules" is invalid'],
    [
      [{ attributes: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, ''])) }],
      'The value for attribute_count is too large.',
    ],
    [
      [{ data: 'eA==', orderingKey: 'x'.repeat(1025) }],
      'The ordering key is too long. The length is 1025 characters',
    ],
    [[{ data: '*' }], "Invalid value at 'messages[0].data' (TYPE_BYTES)"],
  ])('is refused with Google’s words: case %#', async (messages, words) => {
    const { body } = await publish(messages);
    expect(body.error).toMatchObject({ code: 400, status: 'INVALID_ARGUMENT' });
    expect(body.error.message).toContain(words);
    expect(await pull()).toEqual([]);
  });
});

describe('topics and subscriptions', () => {
  it('are those of the seed', async () => {
    const { body: topics } = await call(emulator, 'GET', `${project}/topics`);
    const names = ['token-requests', 'token-replies', 'token-dead-letter'];
    expect(topics.topics).toEqual(names.map((id) => ({ name: `projects/countersign-local/topics/${id}` })));
    const { body: push } = await call(emulator, 'GET', `${project}/subscriptions/token-requests-push`);
    expect(push).toMatchObject({
      topic: 'projects/countersign-local/topics/token-requests',
      pushConfig: { oidcToken: { serviceAccountEmail: emailOf('pubsub-push') } },
      deadLetterPolicy: { deadLetterTopic: 'projects/countersign-local/topics/token-dead-letter' },
    });
  });

  it('are created, listed in pages and deleted', async () => {
    const body = {
      topic: 'projects/countersign-local/topics/new-topic',
      retryPolicy: {},
      labels: { a: 'b' },
    };
    await call(emulator, 'PUT', `${project}/topics/new-topic`, { body: {} });
    const created = await call(emulator, 'PUT', `${project}/subscriptions/new-sub`, { body });
    expect(created.body).toMatchObject({
      ...body,
      name: 'projects/countersign-local/subscriptions/new-sub',
      ackDeadlineSeconds: 10,
      retryPolicy: { minimumBackoff: '10s', maximumBackoff: '600s' },
      messageRetentionDuration: '604800s',
    });
    const first = await call(emulator, 'GET', `${project}/topics?pageSize=3`);
    const { nextPageToken } = first.body;
    const second = await call(emulator, 'GET', `${project}/topics?pageSize=3&pageToken=${nextPageToken}`);
    expect(second.body).toEqual({ topics: [{ name: body.topic }] });
    await publish([{ data: base64('kept') }], `${project}/topics/new-topic`);
    expect((await call(emulator, 'DELETE', `${project}/topics/new-topic`)).status).toBe(200);
    const orphan = await call(emulator, 'GET', `${project}/subscriptions/new-sub`);
    expect(orphan.body.topic).toBe('_deleted-topic_');
    expect((await pull(`${project}/subscriptions/new-sub`)).map(textOf)).toEqual(['kept']);
    expect((await call(emulator, 'DELETE', `${project}/subscriptions/new-sub`)).status).toBe(200);
    expect((await call(emulator, 'GET', `${project}/subscriptions/new-sub`)).status).toBe(404);
  });

  const topic = 'projects/countersign-local/topics/token-replies';
  it.each([
    ['POST', 'topics/nothing:publish', { messages: [{ data: 'eA==' }] }, 'NOT_FOUND', '(resource=nothing)'],
    ['PUT', 'topics/token-replies', {}, 'ALREADY_EXISTS', '(resource=token-replies)'],
    ['PUT', 'topics/goog-topic', {}, 'INVALID_ARGUMENT', 'Invalid resource name given'],
    ['PUT', 'subscriptions/new', { topic: 'projects/p/topics/none' }, 'NOT_FOUND', '(resource=none)'],
    [
      'PUT',
      'subscriptions/new',
      { topic, ackDeadlineSeconds: 601 },
      'INVALID_ARGUMENT',
      'maximum value is 600',
    ],
    [
      'PUT',
      'subscriptions/new',
      { topic, filter: 'attributes.a' },
      'INVALID_ARGUMENT',
      'does not play filter',
    ],
    [
      'PUT',
      'subscriptions/new',
      { topic, pushConfig: { pushEndpoint: 'ftp://x' } },
      'INVALID_ARGUMENT',
      'endpoint',
    ],
    [
      'PUT',
      'subscriptions/new',
      { topic, deadLetterPolicy: { deadLetterTopic: topic, maxDeliveryAttempts: 4 } },
      'INVALID_ARGUMENT',
      'max_delivery_attempts is too small',
    ],
    ['POST', 'subscriptions/token-replies-pull:pull', {}, 'INVALID_ARGUMENT', '(argument=max_messages)'],
    [
      'POST',
      'subscriptions/token-replies-pull:acknowledge',
      { ackIds: ['x'] },
      'INVALID_ARGUMENT',
      'invalid ack ID',
    ],
    [
      'POST',
      'subscriptions/token-replies-pull:acknowledge',
      {},
      'INVALID_ARGUMENT',
      'not specified an ack ID',
    ],
  ])('%s %s with %j is %s', async (method, path, body, status, message) => {
    const { body: answer } = await call(emulator, method, `${project}/${path}`, { body });
    expect(answer.error).toMatchObject({ status, message: expect.stringContaining(message) });
  });

  it('ask for an access token over REST, and for a permission once bindings are set', async () => {
    expect((await get(emulator, replies)).status).toBe(401);
    const role = 'roles/pubsub.publisher';
    const members = [`serviceAccount:${emailOf('countersign')}`];
    emulator.setBindings({ 'projects/countersign-local/topics/token-replies': [{ role, members }] });
    const body = { messages: [{ data: 'eA==' }] };
    expect((await call(emulator, 'POST', `${replies}:publish`, { body })).status).toBe(200);
    const denied = await call(emulator, 'POST', `${replies}:publish`, { body, identity: 'stranger' });
    expect(denied.body.error).toMatchObject({
      code: 403,
      message: 'User not authorized to perform this action.',
    });
    const asked = { permissions: ['pubsub.topics.publish', 'pubsub.topics.delete'] };
    const held = await call(emulator, 'POST', `${replies}:testIamPermissions`, { body: asked });
    expect(held.body).toEqual({ permissions: ['pubsub.topics.publish'] });
  });
});

describe('an ordered subscription', () => {
  it('hands out one message of each key at a time, and a refused one first', async () => {
    const subscription = `${project}/subscriptions/ordered`;
    const topic = 'projects/countersign-local/topics/token-replies';
    await call(emulator, 'PUT', subscription, { body: { topic, enableMessageOrdering: true } });
    const message = (text: string, orderingKey: string) => ({ data: base64(text), orderingKey });
    await publish([message('a1', 'a'), message('a2', 'a'), message('b1', 'b'), { data: base64('free') }]);
    const [a1, ...others] = await pull(subscription);
    expect([a1, ...others].map(textOf)).toEqual(['a1', 'b1', 'free']);
    const refuse = { ackIds: [a1.ackId], ackDeadlineSeconds: 0 };
    await call(emulator, 'POST', `${subscription}:modifyAckDeadline`, { body: refuse });
    const [again] = await pull(subscription);
    expect(textOf(again)).toBe('a1');
    await call(emulator, 'POST', `${subscription}:acknowledge`, { body: { ackIds: [again.ackId] } });
    expect((await pull(subscription)).map(textOf)).toEqual(['a2']);
  });
});

describe('on demand', () => {
  it('a message comes twice', async () => {
    emulator.setDelivery({ duplicateRate: 1 });
    const { body } = await publish([{ data: base64('x') }]);
    const received = await pull();
    expect(received.map(({ message }) => message.messageId)).toEqual([
      body.messageIds[0],
      body.messageIds[0],
    ]);
  });

  it('messages overtake one another', async () => {
    emulator.setDelivery({ reorderMs: 100 });
    const sent = Array.from({ length: 30 }, (_, index) => String(index));
    await publish(sent.map((text) => ({ data: base64(text) })));
    const seen: string[] = [];
    while (seen.length < sent.length) seen.push(...(await pull()).map(textOf));
    expect(seen).not.toEqual(sent);
    expect(seen.sort()).toEqual(sent.sort());
  });

  it.each([
    { format: 'xml' },
    { pushEndpoint: 'nowhere' },
    { duplicateRate: 2 },
    { reorderMs: -1 },
    { x: 1 },
  ])('nothing can be disturbed as %j', async (change) => {
    const init = { method: 'PUT', body: JSON.stringify(change) };
    expect((await fetch(`${emulator.origin}/emulator/v1/delivery`, init)).status).toBe(400);
  });
});
