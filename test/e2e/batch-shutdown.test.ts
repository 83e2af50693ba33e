import { beforeAll, beforeEach, expect, test } from 'vitest';
import { findFreePorts } from '../../tools/local-cloud/ports.ts';
import {
  type BatchFunction,
  publicReplyKey,
  replies,
  secretOne,
  startBatchFunction,
} from '../support/batch-function.ts';
import { startBatchProcess } from '../support/batch-process.ts';
import { call } from '../support/emulator-client.ts';

let target: BatchFunction;
let port: number;
const requests = [1, 2].map((n) => ({ id: `${n}`, claims: { aud: `https://n${n}.example.com` } }));
const deliveries = [{ secret: secretOne }, { topic: replies, jwk: publicReplyKey }];

beforeAll(async () => {
  target = await startBatchFunction();
  port = await findFreePorts(1);
});

beforeEach(() => {
  target.emulator.reset();
  const pushEndpoint = `http://127.0.0.1:${port}`;
  target.emulator.setDelivery({ pushEndpoint, minimumBackoffMs: 300, maximumBackoffMs: 1000 });
});

/** One batch to a secret and one to a topic, both at IAM when this resolves. */
async function askTwice(): Promise<void> {
  for (const deliverTo of deliveries) {
    const aud = 'secret' in deliverTo ? 'https://a.example.com' : 'https://b.example.com';
    const items = requests.map(({ id }) => ({ id, claims: { aud: `${aud}/${id}` } }));
    await target.publish({ data: { requestId: aud, requests: items, deliverTo } });
  }
  const signing = () => target.emulator.stats().signJwt?.inFlight;
  await expect.poll(signing, { timeout: 15_000, interval: 10 }).toBe(4);
}

const delivered = async () => [
  (await target.versions()).length,
  (await target.pulled('token-replies-pull')).length,
];

test('SIGTERM lets the batches in flight be delivered, each once and whole', async () => {
  const running = await startBatchProcess(target.emulator, port);
  target.emulator.addFault({ api: 'signJwt', latencyMs: 1_500, count: 0 });
  await askTwice();
  await running.stop();
  await target.settled();
  expect(target.emulator.pushes().map(({ status }) => status)).toEqual([204, 204]);
  expect(await delivered()).toEqual([1, 1]);
}, 40_000);

test('SIGTERM leaves what would take too long for redelivery, with nothing delivered and no claim held', async () => {
  const running = await startBatchProcess(target.emulator, port);
  target.emulator.addFault({ api: 'signJwt', latencyMs: 9_500, count: 0 });
  await askTwice();
  const startedAt = performance.now();
  await running.stop();
  // Before Cloud Run would kill it, 10 s after.
  expect(performance.now() - startedAt).toBeLessThan(9_000);
  const statuses = target.emulator.pushes().map(({ status }) => status);
  expect(statuses.slice(0, 2)).toEqual([503, 503]);
  expect(await delivered()).toEqual([0, 0]);
  expect((await call(target.emulator, 'GET', `/v1/${secretOne}`)).body.annotations).toBeUndefined();

  target.emulator.clearFaults();
  const next = await startBatchProcess(target.emulator, port);
  await target.settled();
  await next.stop();
  expect(await delivered()).toEqual([1, 1]);
}, 60_000);
