import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Emulator } from '../../../emulator/emulator.ts';
import { composeBatch } from '../../../functions/compose.ts';
import { readBatchConfig } from '../../../functions/config.ts';
import { createPushHandler } from '../../../functions/events/handle-push.ts';
import type { BatchHosts } from '../../../functions/google/hosts.ts';
import { type BatchMessage, ReplyCollector } from '../../../sdk/src/batch/index.ts';
import { replyKey } from '../batch-function.ts';
import { call } from '../emulator-client.ts';
import { callerToken, captureLog } from './cell-surroundings.ts';
import { type Observation, patienceMs } from './observe.ts';

export interface BatchFunction {
  /** Pushes the message as Pub/Sub would, once. */
  push(data: Uint8Array): Promise<Observation>;
  close(): Promise<void>;
}

/** A batch whose result is where it was to go. */
export const delivered = '204 delivered';

/** The target `countersignBatch` with nothing kept yet; one of its hosts may be another than the local cloud. */
export async function startBatch(
  emulator: Emulator,
  policyPath: string,
  { hosts, eventMs }: { hosts: Partial<BatchHosts>; eventMs: number },
): Promise<BatchFunction> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const config = readBatchConfig({
    ...emulator.env('countersign'),
    GCE_METADATA_HOST: process.env.GCE_METADATA_HOST,
    COUNTERSIGN_LOCAL: 'true',
    COUNTERSIGN_BATCH_URL: url,
    COUNTERSIGN_POLICY: policyPath,
    COUNTERSIGN_SIGNATURES_PER_MINUTE: '0',
    COUNTERSIGN_DEAD_LETTER_TOPIC: 'projects/countersign-local/topics/token-dead-letter',
  });
  const services = composeBatch({ ...config, hosts: { ...config.hosts, ...hosts } });
  const logged = captureLog(services.log);
  const handler = createPushHandler(services, { maxMilliseconds: eventMs });
  server.on('request', (request, response) => void handler(request, response));
  const authorization = `Bearer ${await callerToken(emulator, 'pubsub-push', url)}`;
  let serial = 0;

  return {
    async push(data) {
      serial += 1;
      const message = {
        messageId: String(serial),
        publishTime: new Date().toISOString(),
        data: Buffer.from(data).toString('base64'),
      };
      const startedAt = performance.now();
      const before = logged().length;
      const answer = await fetch(url, {
        method: 'POST',
        signal: AbortSignal.timeout(patienceMs),
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify({ message }),
      });
      const text = await answer.text();
      const milliseconds = performance.now() - startedAt;
      const headers = JSON.stringify([...answer.headers]);
      const lines = logged().slice(before);
      const what = answer.status === 204 ? describeOutcome(lines) : describeProblem(answer.status, text);
      return { what, text: `${headers}\n${text}\n${logged()}`, milliseconds };
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function describeProblem(status: number, text: string): string {
  return `${status} ${JSON.parse(text).code}, to be redelivered`;
}

/** What the function's own record says of the batch. */
function describeOutcome(lines: string): string {
  const [, outcome, rest = ''] = /"kind":"batch","outcome":"(\w+)"(.*)/.exec(lines) ?? [];
  const [, code] = /"code":"(\w+)"/.exec(rest) ?? [];
  return outcome === 'undeliverable' ? `204 dead letter ${code}` : `204 ${outcome}`;
}

/** What a reader finds in the secret or the topic: a word for each item's entry, in order. */
export async function readDelivery(emulator: Emulator, message: BatchMessage): Promise<string[]> {
  const { deliverTo } = message;
  const result =
    'secret' in deliverTo
      ? await effectiveVersion(emulator, deliverTo.secret, message.requestId)
      : await collect(emulator, deliverTo.topic, message);
  if (result?.problem) return [result.problem.code];
  return (result?.results ?? []).map(({ token, problem }) =>
    token ? 'token' : (problem?.code ?? 'nothing'),
  );
}

interface Result {
  results?: readonly { token?: string; problem?: { code: string } }[];
  problem?: { code: string };
}

/** Of the versions with the batch's result the lowest number wins. */
async function effectiveVersion(
  emulator: Emulator,
  secret: string,
  requestId: string,
): Promise<Result | undefined> {
  for (let number = 1; ; number += 1) {
    const { body, status } = await call(emulator, 'GET', `/v1/${secret}/versions/${number}:access`);
    if (status !== 200) return undefined;
    const result = JSON.parse(Buffer.from(body.payload.data, 'base64').toString());
    if (result.requestId === requestId) return result;
  }
}

async function collect(
  emulator: Emulator,
  topic: string,
  message: BatchMessage,
): Promise<Result | undefined> {
  const path = `/v1/${topic.replace('/topics/', '/subscriptions/')}:pull`;
  const pull = { maxMessages: 100, returnImmediately: true };
  const { body } = await call(emulator, 'POST', path, { body: pull });
  const collector = new ReplyCollector(message, { privateJwk: replyKey });
  for (const received of body.receivedMessages ?? []) {
    await collector.add(Buffer.from(received.message.data, 'base64').toString());
  }
  return collector.result as Result | undefined;
}
