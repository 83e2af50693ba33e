import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { expect, test } from 'vitest';
import { ReplyCollector, readResult, waitForResult } from '../../../sdk/src/batch/index.ts';
import { replyKey, startBatchFunction } from '../../support/batch-function.ts';
import { buildBatches, faultsFor } from '../../support/chaos.ts';

test('20 batches through duplicates, reordering, stale lists and outages: each ends in exactly one effective result', async () => {
  const target = await startBatchFunction();
  const { emulator } = target;
  const { hostname, port } = new URL(emulator.origin);
  const options = { fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(port) };
  const client = new SecretManagerServiceClient(options);
  const batches = buildBatches(20, 5);
  // Short, yet long enough that what is redelivered while a batch is worked on does not run out of its 20 attempts.
  const delivery = { pushEndpoint: target.url, minimumBackoffMs: 200, maximumBackoffMs: 1_500 };
  emulator.setDelivery({ ...delivery, duplicateRate: 0.5, reorderMs: 100 });
  emulator.setStaleness({ listSeconds: 5 });
  await Promise.all(batches.map(({ data }) => target.publish({ data: new TextDecoder().decode(data) })));
  for (const fault of faultsFor(8)) emulator.addFault(fault);
  await target.settled();
  emulator.clearFaults();

  const onTopic = await target.pulled('token-replies-pull');
  const lost: string[] = [];
  for (const message of batches) {
    const collector = new ReplyCollector(message, { privateJwk: replyKey });
    if ('topic' in message.deliverTo) for (const data of onTopic) await collector.add(data);
    // The list of versions is stale for a while, as it may be at Google: a reader looks again.
    const look = () => ('secret' in message.deliverTo ? readResult(message, client) : undefined);
    const wait = { timeoutMs: 10_000, intervalMs: 250 };
    const result = collector.result ?? (await waitForResult(look, wait).catch(() => undefined));
    if (!result?.results?.every(({ token }) => token !== undefined)) lost.push(message.requestId);
  }
  expect(lost).toEqual([]);
  expect(await target.pulled('token-dead-letter-pull')).toEqual([]);
  expect(emulator.stats().signJwt?.maxInFlight).toBeLessThanOrEqual(64);
}, 60_000);
