import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import { expect, test, vi } from 'vitest';
import { ReplyCollector, readResult } from '../../sdk/src/batch/index.ts';
import { root, startProcess, untilServing } from '../../tools/local-cloud/child-process.ts';
import { findFreePorts } from '../../tools/local-cloud/ports.ts';
import { replyKey, startBatchFunction } from '../support/batch-function.ts';
import { buildBatches, faultsFor } from '../support/chaos.ts';

const subscription = 'projects/countersign-local/subscriptions/token-requests-push';

test('200 batches of 10, with the function killed at random: none lost, none doubled, none delivered wrongly', async () => {
  const target = await startBatchFunction();
  const { emulator } = target;
  const port = await findFreePorts(1);
  const url = `http://127.0.0.1:${port}`;
  const start = () =>
    startProcess({
      name: 'The batch function',
      folder: root,
      args: [
        'node_modules/.bin/functions-framework',
        '--source=functions/index.ts',
        '--target=countersignBatch',
        `--port=${port}`,
      ],
      env: {
        ...emulator.env('countersign'),
        COUNTERSIGN_LOCAL: 'true',
        COUNTERSIGN_BATCH_URL: url,
        COUNTERSIGN_DEAD_LETTER_TOPIC: 'projects/countersign-local/topics/token-dead-letter',
        COUNTERSIGN_POLICY: 'tools/policies/local.json',
        COUNTERSIGN_SIGNATURES_PER_MINUTE: '0',
      },
      isReady: () => untilServing(`${url}/health`),
      output: 'keep',
    });
  let running = await start();
  emulator.setDelivery({
    pushEndpoint: url,
    minimumBackoffMs: 200,
    maximumBackoffMs: 5000,
    duplicateRate: 0.3,
    reorderMs: 2000,
  });
  emulator.setStaleness({ listSeconds: 5 });
  const batches = buildBatches(200, 10);
  await Promise.all(batches.map(({ data }) => target.publish({ data: new TextDecoder().decode(data) })));
  for (const fault of faultsFor(40)) emulator.addFault(fault);
  for (let kills = 0; kills < 8; kills += 1) {
    await new Promise((resolve) => setTimeout(resolve, 300 + Math.random() * 1500));
    await running.kill();
    running = await start();
  }
  await vi.waitFor(() => expect(emulator.backlog()[subscription]).toBe(0), {
    timeout: 400_000,
    interval: 200,
  });
  await running.stop();
  emulator.clearFaults();

  const { hostname, port: emulatorPort } = new URL(emulator.origin);
  const options = { fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(emulatorPort) };
  const client = new SecretManagerServiceClient(options);
  const signer = 'signer@countersign-local.iam.gserviceaccount.com';
  const keys = createRemoteJWKSet(new URL(`${emulator.origin}/service_accounts/v1/jwk/${signer}`));
  const replies = await target.pulled('token-replies-pull');
  const count = { lost: 0, doubled: 0, wrong: 0 };
  for (const message of batches) {
    const collector = new ReplyCollector(message, { privateJwk: replyKey });
    if ('topic' in message.deliverTo) for (const data of replies) await collector.add(data);
    const read = () => ('secret' in message.deliverTo ? readResult(message, client) : collector.result);
    const [result, again] = [await read(), await read()];
    if (result === undefined) count.lost += 1;
    if (JSON.stringify(result) !== JSON.stringify(again)) count.doubled += 1;
    for (const { id, token = '' } of result?.results ?? []) {
      const audience = message.requests.find((each) => each.id === id)?.claims.aud ?? '';
      await jwtVerify(token, keys, { audience }).catch(() => {
        count.wrong += 1;
      });
    }
  }
  console.log(`lost ${count.lost}, doubled ${count.doubled}, wrongly delivered ${count.wrong}`);
  expect(count).toEqual({ lost: 0, doubled: 0, wrong: 0 });
  expect(await target.pulled('token-dead-letter-pull')).toEqual([]);
}, 600_000);
