import { PubSub } from '@google-cloud/pubsub';
import nock from 'nock';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { call, emailOf } from '../../support/emulator-client.ts';

let emulator: Emulator;
let client: PubSub;

// nock answers for every socket of this process, and does not speak HTTP/2.
beforeAll(async () => {
  nock.restore();
  emulator = await startEmulator();
  for (const [key, value] of Object.entries(emulator.env('caller'))) vi.stubEnv(key, value);
  client = new PubSub({ projectId: 'countersign-local' });
});

beforeEach(() => emulator.reset());

afterAll(async () => {
  await client.close();
  vi.unstubAllEnvs();
  await emulator.stop();
  nock.activate();
});

async function pull() {
  const path = '/v1/projects/countersign-local/subscriptions/token-replies-pull:pull';
  const { body } = await call(emulator, 'POST', path, { body: { maxMessages: 100 } });
  return body.receivedMessages.map(({ message }: { message: object }) => message);
}

describe('@google-cloud/pubsub by PUBSUB_EMULATOR_HOST', () => {
  it('publishes data, attributes and ordering keys over gRPC', async () => {
    const topic = client.topic('token-replies', { messageOrdering: true });
    const data = Buffer.from([0, 255, 128]);
    const ids = await Promise.all([
      topic.publishMessage({ data, attributes: { a: 'b' }, orderingKey: 'k' }),
      topic.publishMessage({ attributes: { alone: 'yes' } }),
    ]);
    const messages = await pull();
    const byId = Object.fromEntries(messages.map((each: { messageId: string }) => [each.messageId, each]));
    expect(ids.map((id) => byId[id])).toMatchObject([
      { data: data.toString('base64'), attributes: { a: 'b' }, orderingKey: 'k' },
      { attributes: { alone: 'yes' } },
    ]);
  });

  it('publishes a message of almost ten million bytes', async () => {
    await client.topic('token-replies').publishMessage({ data: Buffer.alloc(9_990_000, 'x') });
    expect((await pull())[0].data).toHaveLength(13_320_000);
  });

  it('creates, finds and deletes topics', async () => {
    expect(await client.topic('token-requests').exists()).toEqual([true]);
    const [topic] = await client.createTopic('brand-new');
    expect(topic.name).toBe('projects/countersign-local/topics/brand-new');
    expect((await topic.getMetadata())[0].name).toBe(topic.name);
    await expect(client.createTopic('brand-new')).rejects.toMatchObject({ code: 6 });
    await topic.delete();
    expect(await topic.exists()).toEqual([false]);
  });

  it('learns of errors as from Google', async () => {
    await expect(client.topic('nothing').publishMessage({ data: Buffer.of(1) })).rejects.toMatchObject({
      code: 5,
      details: 'Resource not found (resource=nothing).',
    });
    const members = [`serviceAccount:${emailOf('countersign')}`];
    const bindings = [{ role: 'roles/pubsub.publisher', members }];
    emulator.setBindings({ 'projects/countersign-local/topics/token-replies': bindings });
    await expect(client.topic('token-replies').publishMessage({ data: Buffer.of(1) })).rejects.toMatchObject({
      code: 16,
    });
    await expect(client.createSubscription('token-replies', 'new-one')).rejects.toMatchObject({ code: 12 });
  });

  it('retries what is unavailable, and the log shows every call', async () => {
    emulator.addFault({ api: 'topics.publish', status: 503 });
    emulator.addFault({ api: 'topics.publish', closeAfterBytes: 0 });
    await client.topic('token-replies').publishMessage({ data: Buffer.from('x') });
    const body = { messages: [{ data: 'eA==' }] };
    const shown = emulator.requests('topics.publish').map(({ status, body }) => ({ status, body }));
    expect(shown).toMatchObject([
      { status: 503, body },
      { status: null, body },
      { status: 200, body },
    ]);
  });
});
