import { expect, test } from 'vitest';
import { startBatchFunction } from '../../support/batch-function.ts';
import { buildBatches, faultsFor, publishAll, Readers, withReplyKeys } from '../../support/chaos.ts';

test('20 batches through duplicates, reordering, stale lists and outages: each ends in exactly one effective result', async () => {
  const { policy, keys } = await withReplyKeys();
  const target = await startBatchFunction({ policy, instances: 2 });
  const { emulator } = target;
  // Short, yet long enough that what is redelivered while a batch is worked on does not run out of its 20 attempts.
  const delivery = { pushEndpoint: target.url, minimumBackoffMs: 200, maximumBackoffMs: 1_500 };
  emulator.setDelivery({ ...delivery, duplicateRate: 0.5, reorderMs: 100 });
  emulator.setStaleness({ listSeconds: 5 });
  const batches = buildBatches(20, 5, keys);
  const readers = new Readers(target, batches, keys);
  await publishAll(target, batches);
  for (const fault of faultsFor(8)) emulator.addFault(fault);
  await readers.look();
  await target.settled();
  emulator.clearFaults();
  await readers.look();
  emulator.setStaleness({ listSeconds: 0 });
  await readers.look();
  const { lost, doubled, wrong, surplusVersions, surplusReplies } = await readers.tally();
  const dropped = `${surplusVersions} versions and ${surplusReplies} replies without effect`;
  console.log(`lost ${lost}, doubled ${doubled}, wrongly delivered ${wrong}; ${dropped}`);
  expect({ lost, doubled, wrong }).toEqual({ lost: 0, doubled: 0, wrong: 0 });
  expect(await target.pulled('token-dead-letter-pull')).toEqual([]);
  expect(emulator.stats().signJwt?.maxInFlight).toBeLessThanOrEqual(2 * 64);
}, 60_000);
