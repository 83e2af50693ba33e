import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, test, vi } from 'vitest';
import { findFreePorts } from '../../tools/local-cloud/ports.ts';
import { startBatchFunction } from '../support/batch-function.ts';
import { startBatchProcess } from '../support/batch-process.ts';
import { buildBatches, faultsFor, publishAll, Readers, withReplyKeys } from '../support/chaos.ts';

const subscription = 'projects/countersign-local/subscriptions/token-requests-push';

test('200 batches of 10, with the function killed at random: none lost, none doubled, none delivered wrongly', async () => {
  const { policy, keys } = await withReplyKeys();
  const target = await startBatchFunction({ policy });
  const { emulator } = target;
  const port = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const start = () => startBatchProcess(emulator, port, policy);
  let running = await start();
  emulator.setDelivery({
    pushEndpoint: url,
    // A twentieth of what is deployed with at the least: the 20 attempts have to outlast the claims of the killed, a
    // minute each, which are not shortened here.
    minimumBackoffMs: 500,
    maximumBackoffMs: 15_000,
    duplicateRate: 0.3,
    reorderMs: 2000,
  });
  emulator.setStaleness({ listSeconds: 5 });
  const batches = buildBatches(200, 10, keys);
  const readers = new Readers(target, batches, keys);
  const repeats = await publishAll(target, batches);
  const faults = [...faultsFor(80), { api: 'signJwt', latencyMs: 11_000, count: 20 }];
  for (const fault of faults) emulator.addFault(fault);
  let kills = 0;
  for (; kills < 12; kills += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1500));
    await running.kill();
    running = await start();
    await readers.look();
  }
  await vi.waitFor(() => expect(emulator.backlog()[subscription]).toBe(0), {
    timeout: 400_000,
    interval: 200,
  });
  await running.stop();
  const left = emulator.faults().reduce((sum, { count }) => sum + count, 0);
  emulator.clearFaults();
  await readers.look();
  emulator.setStaleness({ listSeconds: 0 });
  await readers.look();

  const { lost, doubled, wrong, surplusVersions, surplusReplies } = await readers.tally();
  const signer = 'signer@countersign-local.iam.gserviceaccount.com';
  const jwks = createRemoteJWKSet(new URL(`${emulator.origin}/service_accounts/v1/jwk/${signer}`));
  let unverified = 0;
  for (const [message, { results = [] }] of readers.results()) {
    for (const { id, token = '' } of results) {
      const audience = message.requests.find((each) => each.id === id)?.claims.aud ?? '';
      await jwtVerify(token, jwks, { audience }).catch(() => {
        unverified += 1;
      });
    }
  }
  const pushes = emulator.pushes();
  const firsts = pushes.filter(({ deliveryAttempt }) => deliveryAttempt === 1).length;
  const injected = faults.reduce((sum, { count }) => sum + count, -left);
  console.log(
    [
      `lost ${lost}, doubled ${doubled}, wrongly delivered ${wrong + unverified}`,
      `written and dropped: ${surplusVersions} versions, ${surplusReplies} replies`,
      `${kills} times SIGKILL, ${injected} faults, ${repeats} repeats of the publisher's, ` +
        `${firsts - batches.length - repeats} duplicates and ${pushes.length - firsts} redeliveries of Pub/Sub's`,
    ].join('\n'),
  );
  expect({ lost, doubled, wrong, unverified }).toEqual({ lost: 0, doubled: 0, wrong: 0, unverified: 0 });
  expect(await target.pulled('token-dead-letter-pull')).toEqual([]);
}, 600_000);
