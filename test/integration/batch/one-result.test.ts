import { beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PushServices } from '../../../functions/events/handle-push.ts';
import { DeliveryFailure, type SecretStore } from '../../../functions/issuance/delivery-ports.ts';
import {
  type BatchMessage,
  type BatchResult,
  buildBatchMessage,
  ReplyCollector,
  readResult,
} from '../../../sdk/src/batch/index.ts';
import {
  type BatchFunction,
  publicReplyKey,
  replies,
  replyKey,
  secretOne,
  secretReader,
  startBatchFunction,
} from '../../support/batch-function.ts';
import { jumpDate } from '../../support/clocks.ts';

const requests = [1, 2].map((n) => ({ id: `${n}`, claims: { aud: `https://n${n}.example.com` } }));
const toSecret = () => buildBatchMessage({ requests, deliverTo: { secret: secretOne } });
const toTopic = () => buildBatchMessage({ requests, deliverTo: { topic: replies, jwk: publicReplyKey } });

/** Longer than a claim counts, in milliseconds. */
const claimMs = 60_000;

const publish = ({ data }: BatchMessage) => target.publish({ data: new TextDecoder().decode(data) });

/** Pushes the message itself, to an instance; answers the status, or that the connection broke. */
async function push({ data }: BatchMessage, instance: number): Promise<number | 'broken'> {
  const message = { data: Buffer.from(data).toString('base64'), messageId: '1' };
  const headers = {
    authorization: `Bearer ${await target.idToken()}`,
    'x-instance': `${instance}`,
  };
  const body = JSON.stringify({ message });
  return fetch(target.url, { method: 'POST', headers, body }).then(
    ({ status }) => status,
    () => 'broken',
  );
}

// Each waits for a redelivery or a claim: what takes a second takes many on a busy machine.
vi.setConfig({ testTimeout: 90_000 });

let target: BatchFunction;
let reader: ReturnType<typeof secretReader>;

beforeAll(async () => {
  target = await startBatchFunction();
  reader = secretReader(target);
  // Each client takes a second to load, and more where the machine is busy.
  const first = toSecret();
  await publish(first);
  await target.settled();
  await readResult(first, reader);
});

beforeEach(() => {
  target.emulator.reset();
  target.emulator.setDelivery({ pushEndpoint: target.url, minimumBackoffMs: 20, maximumBackoffMs: 100 });
  target.renew({ instances: 2 });
});

describe('in the ordinary case there is one version and no more', () => {
  test('for a message that comes once', async () => {
    await publish(toSecret());
    await target.settled();
    expect(await target.versions()).toHaveLength(1);
  });

  test('for one that Pub/Sub delivers twice, and its publisher three times more', async () => {
    target.emulator.setDelivery({ duplicateRate: 1 });
    const message = toSecret();
    for (let times = 0; times < 4; times += 1) await publish(message);
    await target.settled();
    expect(target.emulator.pushes().filter(({ acknowledged }) => acknowledged)).toHaveLength(8);
    expect(await target.versions()).toHaveLength(1);
  });

  test('for one that two instances get at the same time, ten times each', async () => {
    target.emulator.addFault({ api: 'signJwt', latencyMs: 100, count: 0 });
    const message = toSecret();
    const answers = await Promise.all(Array.from({ length: 20 }, (_each, index) => push(message, index % 2)));
    expect(answers.filter((status) => status === 204).length).toBeGreaterThanOrEqual(1);
    expect(new Set(answers)).toEqual(new Set([204, 503]));
    expect(await target.versions()).toHaveLength(1);
    expect(target.emulator.requests('signJwt')).toHaveLength(2);
  });

  test('for forty batches at once on one secret, ten of them repeated', async () => {
    const messages = Array.from({ length: 40 }, toSecret);
    await Promise.all([...messages, ...messages.slice(0, 10)].map((message) => publish(message)));
    await target.settled();
    expect(await target.versions()).toHaveLength(40);
    expect(new Set((await target.versions()).map(({ requestId }) => requestId)).size).toBe(40);
  });

  test('where what the secret says of itself lags behind', async () => {
    target.emulator.setStaleness({ metadataSeconds: 1 });
    const message = toSecret();
    for (let times = 0; times < 3; times += 1) await publish(message);
    await target.settled();
    expect(await target.versions()).toHaveLength(1);
  });
});

/** A store that meets its fault before or after its nth call of a method; `meet` never returns. */
function storeThatMeets(
  store: SecretStore,
  { method, nth = 1, when }: StorePoint,
  meet: () => Promise<never>,
): SecretStore {
  let calls = 0;
  const original = store[method].bind(store) as (...args: unknown[]) => Promise<unknown>;
  const wrapped = async (...args: unknown[]) => {
    calls += 1;
    if (calls !== nth) return original(...args);
    if (when === 'after') await original(...args);
    return meet();
  };
  return { ...store, [method]: wrapped };
}

interface StorePoint {
  method: keyof SecretStore;
  nth?: number;
  when: 'before' | 'after';
}

const never = new Promise<never>(() => undefined);

describe('an instance dies', () => {
  test.each<[string, StorePoint, number]>([
    ['before it looks at the secret', { method: 'metadataOf', when: 'before' }, 1],
    ['before it claims the batch', { method: 'annotate', when: 'before' }, 1],
    ['once it has claimed the batch', { method: 'annotate', when: 'after' }, 1],
    ['before it delivers', { method: 'addVersion', when: 'before' }, 1],
    ['once it has delivered', { method: 'addVersion', when: 'after' }, 2],
    ['before it notes the delivery', { method: 'annotate', nth: 2, when: 'before' }, 2],
    ['once it has noted the delivery', { method: 'annotate', nth: 2, when: 'after' }, 1],
    ['while it looks for old versions', { method: 'versionsOf', when: 'after' }, 1],
  ])('%s: the other one ends the batch in one effective result', async (_when, point, versions) => {
    target.renew({
      instances: 2,
      change: (services, instance) => {
        const { batch } = services;
        const die = () => {
          target.crash(instance);
          return never;
        };
        const secrets = instance === 0 ? storeThatMeets(batch.secrets, point, die) : batch.secrets;
        return { ...services, batch: { ...batch, secrets } };
      },
    });
    const message = toSecret();
    expect(await push(message, 0)).toBe('broken');
    const before = await readResult(message, reader);
    jumpDate(claimMs);
    await publish(message);
    await target.settled();
    const result = await readResult(message, reader);
    expect(result?.results?.every(({ token }) => token !== undefined)).toBe(true);
    expect(before ?? result).toEqual(result);
    await publish(message);
    await target.settled();
    expect(await readResult(message, reader)).toEqual(result);
    expect(await target.versions()).toHaveLength(versions);
  });

  test('while its claim counts: the other one waits, and then ends the batch', async () => {
    target.renew({
      instances: 2,
      change: (services, instance) => {
        const { batch } = services;
        const point: StorePoint = { method: 'addVersion', when: 'before' };
        const die = () => {
          target.crash(instance);
          return never;
        };
        const secrets = instance === 0 ? storeThatMeets(batch.secrets, point, die) : batch.secrets;
        return { ...services, batch: { ...batch, secrets } };
      },
    });
    const message = toSecret();
    expect(await push(message, 0)).toBe('broken');
    expect(await push(message, 1)).toBe(503);
    jumpDate(claimMs);
    expect(await push(message, 1)).toBe(204);
    expect(await target.versions()).toHaveLength(1);
  });

  test.each([0, 1, 2])(
    'once %i of two parts are on the topic: the first whole delivery counts',
    async (parts) => {
      target.renew({
        instances: 2,
        change: (services, instance) => (instance === 0 ? publishingOnly(parts, services) : services),
      });
      const many = Array.from({ length: 12 }, (_each, index) => ({
        id: `${index}`,
        claims: { aud: `https://n${index}.example.com`, team: 'x'.repeat(60_000) },
      }));
      const message = buildBatchMessage({
        requests: many,
        deliverTo: { topic: replies, jwk: publicReplyKey },
      });
      expect(await push(message, 0)).toBe('broken');
      await publish(message);
      await target.settled();
      const received = await target.pulled('token-replies-pull');
      const result = await collect(message, received);
      expect(result?.results).toHaveLength(12);
      // Whatever the order, no part of one delivery is put beside one of the other.
      const reversed = await collect(message, received.toReversed());
      expect(reversed?.results).toHaveLength(12);
      const wholes = new Set(
        [result, reversed].map((each) => each?.results?.map(({ token }) => token).join()),
      );
      expect(wholes.size).toBeLessThanOrEqual(parts === 2 ? 2 : 1);
    },
    60_000,
  );
});

/** An instance that dies once it has published so many messages. */
function publishingOnly(parts: number, services: PushServices): PushServices {
  const { publisher } = services.batch;
  const publish: typeof publisher.publish = async (topic, messages, deadline) => {
    await publisher.publish(topic, messages.slice(0, parts), deadline);
    target.crash(0);
    return never;
  };
  return { ...services, batch: { ...services.batch, publisher: { publish } } };
}

async function collect(message: BatchMessage, received: readonly string[]): Promise<BatchResult | undefined> {
  const collector = new ReplyCollector(message, { privateJwk: replyKey });
  for (const data of received) await collector.add(data);
  return collector.result;
}

describe('two instances do not agree', () => {
  test('on the time: a claim that seems to have ended early makes a surplus version, which has no effect', async () => {
    const aheadSeconds = 58;
    let isReached = false;
    let letGo = () => {};
    const gate = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    target.renew({
      instances: 2,
      change: (services, instance) => {
        const { issuance, secrets } = services.batch;
        const now = () => issuance.now() + instance * aheadSeconds;
        const addVersion: SecretStore['addVersion'] = async (...args) => {
          isReached = true;
          await gate;
          return secrets.addVersion(...args);
        };
        const slow = instance === 0 ? { ...secrets, addVersion } : secrets;
        return { ...services, batch: { ...services.batch, issuance: { ...issuance, now }, secrets: slow } };
      },
    });
    const message = toSecret();
    const first = push(message, 0);
    await expect.poll(() => isReached, { interval: 5, timeout: 10_000 }).toBe(true);
    expect(await push(message, 1)).toBe(204);
    const result = await readResult(message, reader);
    letGo();
    expect(await first).toBe(204);
    expect(await readResult(message, reader)).toEqual(result);
    expect(await target.versions()).toHaveLength(2);
    // What is noted is the effective version, though the other one was written later.
    expect(await push(message, 0)).toBe(204);
    expect(target.logged()).toContain('"outcome":"repeated"');
    expect(target.logged()).toMatch(/"outcome":"repeated"[^\n]*"version":1/);
  });

  test('an event whose claim has ended does not take back what another one noted', async () => {
    const { promise: gate, resolve: letFail } = Promise.withResolvers<void>();
    let isReached = false;
    const addVersion: SecretStore['addVersion'] = async () => {
      isReached = true;
      await gate;
      throw new DeliveryFailure('down', false);
    };
    target.renew({
      instances: 2,
      change: (services, instance) => {
        const { secrets } = services.batch;
        const slow = instance === 0 ? { ...secrets, addVersion } : secrets;
        return { ...services, batch: { ...services.batch, secrets: slow } };
      },
    });
    const message = toSecret();
    const first = push(message, 0);
    await expect.poll(() => isReached, { interval: 5, timeout: 10_000 }).toBe(true);
    jumpDate(claimMs);
    expect(await push(message, 1)).toBe(204);
    letFail();
    expect(await first).toBe(503);
    expect(await push(message, 1)).toBe(204);
    expect(await target.versions()).toHaveLength(1);
  });
});

test('a topic gets one reply in the ordinary case, however often one instance is asked', async () => {
  target.renew({ instances: 1 });
  const message = toTopic();
  target.emulator.setDelivery({ duplicateRate: 1 });
  await publish(message);
  await publish(message);
  await target.settled();
  // The reply is delivered twice as well.
  expect(new Set(await target.pulled('token-replies-pull')).size).toBe(1);
});
