import { OAuth2Client } from 'google-auth-library';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { call, emailOf } from '../../support/emulator-client.ts';
import { type PushEndpoint, startPushEndpoint } from '../../support/push-endpoint.ts';

let emulator: Emulator;
let endpoint: PushEndpoint;

const requests = 'projects/countersign-local/topics/token-requests';
const pushSubscription = 'projects/countersign-local/subscriptions/token-requests-push';

beforeAll(async () => {
  emulator = await startEmulator();
});

beforeEach(async () => {
  emulator.reset();
  endpoint = await startPushEndpoint();
  emulator.setDelivery({ pushEndpoint: endpoint.url, minimumBackoffMs: 5, maximumBackoffMs: 20 });
});

afterEach(() => endpoint[Symbol.asyncDispose]());

afterAll(() => emulator.stop());

async function publish(...messages: object[]): Promise<string[]> {
  return (await call(emulator, 'POST', `/v1/${requests}:publish`, { body: { messages } })).body.messageIds;
}

const message = { data: Buffer.from('{"requestId":"1"}').toString('base64'), attributes: { a: 'b' } };

/** Until nothing waits to be pushed. */
function settled(): Promise<void> {
  return vi.waitFor(() => expect(emulator.backlog()[pushSubscription]).toBe(0), {
    timeout: 5000,
    interval: 5,
  });
}

describe('a push', () => {
  it('carries the message, and the OIDC token of its account for its endpoint', async () => {
    const [messageId] = await publish(message);
    await settled();
    const [{ headers, body } = { headers: {}, body: {} }] = endpoint.pushes;
    expect(headers).toMatchObject({ 'content-type': 'application/json', from: 'noreply@google.com' });
    const { publishTime } = body.message;
    expect(body).toEqual({
      message: { ...message, messageId, message_id: messageId, publishTime, publish_time: publishTime },
      subscription: pushSubscription,
      deliveryAttempt: 1,
    });
    const pems = await (await fetch(`${emulator.origin}/oauth2/v1/certs`)).json();
    const idToken = headers.authorization?.replace('Bearer ', '') ?? '';
    const issuers = ['https://accounts.google.com'];
    const ticket = await new OAuth2Client().verifySignedJwtWithCertsAsync(
      idToken,
      pems as Record<string, string>,
      endpoint.url,
      issuers,
    );
    expect(ticket.getPayload()).toMatchObject({ email: emailOf('pubsub-push'), email_verified: true });
  });

  it.each([
    ['binary', 'application/json'],
    ['structured', 'application/cloudevents+json; charset=utf-8'],
  ])('is a CloudEvent in %s mode on demand', async (format, type) => {
    emulator.setDelivery({ format });
    const [messageId] = await publish(message);
    await settled();
    const [{ headers, body } = { headers: {}, body: {} }] = endpoint.pushes;
    const event = {
      id: messageId,
      source: `//pubsub.googleapis.com/${requests}`,
      specversion: '1.0',
      type: 'google.cloud.pubsub.topic.v1.messagePublished',
    };
    expect(headers['content-type']).toBe(type);
    const data = { message: { ...message, messageId }, subscription: pushSubscription };
    if (format === 'structured') expect(body).toMatchObject({ ...event, data });
    else {
      const names = Object.entries(event).map(([name, value]) => [`ce-${name}`, value]);
      expect([headers, body]).toMatchObject([Object.fromEntries(names), data]);
    }
  });

  it('waits for an endpoint, which the subscription may name itself', async () => {
    emulator.setDelivery({ pushEndpoint: '' });
    await publish(message);
    const pushConfig = {
      pushEndpoint: `${endpoint.url}/push`,
      oidcToken: { serviceAccountEmail: emailOf('caller'), audience: 'https://batch.example.com' },
    };
    expect(endpoint.pushes).toEqual([]);
    await call(emulator, 'POST', `/v1/${pushSubscription}:modifyPushConfig`, { body: { pushConfig } });
    await settled();
    const token = endpoint.pushes[0]?.headers.authorization?.split('.')[1] ?? '';
    expect(JSON.parse(Buffer.from(token, 'base64url').toString())).toMatchObject({
      aud: 'https://batch.example.com',
      email: emailOf('caller'),
    });
  });

  it.each([200, 201, 202, 204])('is acknowledged by %i', async (status) => {
    endpoint.reply = (response) => response.writeHead(status).end();
    await publish(message);
    await settled();
    expect(emulator.pushes()).toMatchObject([{ status, acknowledged: true, deliveryAttempt: 1 }]);
  });

  it('is acknowledged by 102, before its answer', async () => {
    endpoint.reply = (response) => response.writeProcessing();
    await publish(message);
    await settled();
    expect(emulator.pushes()).toMatchObject([{ status: 102, acknowledged: true }]);
  });

  it.each([203, 206, 302, 400, 401, 404, 429, 500, 503])('comes again after %i', async (status) => {
    endpoint.reply = (response, index) =>
      response.writeHead(index < 2 ? status : 204, { location: '/' }).end();
    await publish(message);
    await settled();
    expect(emulator.pushes().map(({ deliveryAttempt, status }) => [deliveryAttempt, status])).toEqual([
      [1, status],
      [2, status],
      [3, 204],
    ]);
    expect(endpoint.pushes.map(({ body }) => body.deliveryAttempt)).toEqual([1, 2, 3]);
  });

  it('comes again when its connection breaks or its deadline passes', async () => {
    emulator.setDelivery({ ackDeadlineMs: 60 });
    endpoint.reply = (response, index) => {
      if (index === 0) response.destroy();
      else if (index === 1) setTimeout(() => response.destroyed || response.writeHead(204).end(), 300);
      else response.writeHead(204).end();
    };
    await publish(message);
    await settled();
    expect(emulator.pushes().map(({ status }) => status)).toEqual([null, null, 204]);
  });

  it('meets faults: one answers for the endpoint, one loses its answer', async () => {
    emulator.addFault({ api: 'push', status: 503 });
    emulator.addFault({ api: 'push', resetAfterBytes: 0 });
    await publish(message);
    await settled();
    expect(endpoint.pushes.map(({ body }) => body.deliveryAttempt)).toEqual([2, 3]);
    const shown = await fetch(`${emulator.origin}/emulator/v1/pushes`);
    expect(await shown.json()).toMatchObject({
      pushes: [{ status: 503 }, { status: null }, { status: 204 }],
    });
  });

  it('backs off from the minimum to the maximum, doubling', async () => {
    emulator.setDelivery({ minimumBackoffMs: 40, maximumBackoffMs: 100 });
    const times: number[] = [];
    endpoint.reply = (response, index) => {
      times.push(performance.now());
      response.writeHead(index < 3 ? 500 : 204).end();
    };
    await publish(message);
    await settled();
    const [first = 0, second = 0, third = 0] = times
      .slice(1)
      .map((time, index) => time - (times[index] ?? 0));
    expect(first).toBeGreaterThanOrEqual(39);
    expect(second).toBeGreaterThanOrEqual(79);
    expect(third).toBeGreaterThanOrEqual(99);
  });

  it('is one of a hundred at once, and no more', async () => {
    const held: (() => void)[] = [];
    endpoint.reply = (response) => held.push(() => response.writeHead(204).end());
    await publish(...Array.from({ length: 150 }, () => message));
    await vi.waitFor(() => expect(held).toHaveLength(100));
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(held).toHaveLength(100);
    endpoint.reply = (response) => response.writeHead(204).end();
    for (const release of held) release();
    await settled();
    expect(endpoint.pushes).toHaveLength(150);
  });

  it('is held back while paused, and forgotten by a reset', async () => {
    emulator.setDelivery({ paused: true });
    await publish(message, message);
    expect(emulator.backlog()[pushSubscription]).toBe(2);
    emulator.reset();
    expect(emulator.backlog()[pushSubscription]).toBe(0);
    expect(endpoint.pushes).toEqual([]);
  });

  it('leaves no trace when it ends after a reset', async () => {
    const held: (() => void)[] = [];
    endpoint.reply = (response) => held.push(() => response.writeHead(500).end());
    await publish(message);
    await vi.waitFor(() => expect(held).toHaveLength(1));
    emulator.reset();
    for (const release of held) release();
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect([emulator.pushes(), emulator.backlog()[pushSubscription]]).toEqual([[], 0]);
  });
});

describe('the dead-letter topic', () => {
  const deadLetter = '/v1/projects/countersign-local/subscriptions/token-dead-letter-pull:pull';

  it('takes what failed as often as the policy allows', async () => {
    endpoint.reply = (response) => response.writeHead(500).end();
    await publish(message);
    await settled();
    expect(endpoint.pushes).toHaveLength(20);
    const { body } = await call(emulator, 'POST', deadLetter, { body: { maxMessages: 10 } });
    expect(body.receivedMessages).toMatchObject([
      {
        message: {
          data: message.data,
          attributes: {
            a: 'b',
            CloudPubSubDeadLetterSourceDeliveryCount: '20',
            CloudPubSubDeadLetterSourceSubscription: 'token-requests-push',
            CloudPubSubDeadLetterSourceSubscriptionProject: 'countersign-local',
          },
        },
      },
    ]);
  });

  it('takes nothing while Pub/Sub’s service agent may not publish there', async () => {
    emulator.setBindings({ 'projects/countersign-local/topics/token-dead-letter': [] });
    endpoint.reply = (response, index) => response.writeHead(index < 24 ? 500 : 204).end();
    await publish(message);
    await settled();
    expect(endpoint.pushes).toHaveLength(25);
    expect(emulator.backlog()['projects/countersign-local/subscriptions/token-dead-letter-pull']).toBe(0);
  });
});
