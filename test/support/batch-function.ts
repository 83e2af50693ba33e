import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { afterAll, vi } from 'vitest';
import { type Emulator, type Identity, startEmulator } from '../../emulator/emulator.ts';
import { composeBatch } from '../../functions/compose.ts';
import { readBatchConfig } from '../../functions/config.ts';
import { createPushHandler, type PushServices } from '../../functions/events/handle-push.ts';
import { Limiter } from '../../functions/events/limiter.ts';
import { TopicNotes } from '../../functions/events/topic-target.ts';
import { TokenReuse } from '../../functions/issuance/token-reuse.ts';
import { call } from './emulator-client.ts';

const project = 'projects/countersign-local';
export const requests = `${project}/topics/token-requests`;
export const replies = `${project}/topics/token-replies`;
export const secretOne = `${project}/secrets/batch-one`;
export const replyKey = JSON.parse(
  readFileSync(new URL('../../tools/local-cloud/reply-key.json', import.meta.url), 'utf8'),
);
const { d: _private, ...publicReplyKey } = replyKey;

export { publicReplyKey };

export interface BatchFunction {
  url: string;
  emulator: Emulator;
  /** Puts new instances in the place of those that serve the URL. */
  renew: (options: InstanceOptions) => void;
  /** Kills an instance, as it stands: its connections break, and it gets no more requests. */
  crash: (instance: number) => void;
  /** All that the function wrote to its log. */
  logged: () => string;
  idToken: (identity?: Identity, audience?: string) => Promise<string>;
  /** Publishes one message on the topic that is pushed to the function. */
  publish: (message: { data?: unknown; attributes?: Record<string, string> }) => Promise<void>;
  /** Waits until every push is acknowledged or dead. */
  settled: () => Promise<void>;
  /** The payloads of a secret's versions that are not destroyed, in order. */
  // biome-ignore lint/suspicious/noExplicitAny: each test knows what it looks for.
  versions: (secret?: string) => Promise<any[]>;
  /** The data of the messages that wait in the pull subscription, acknowledged. */
  pulled: (subscription: 'token-replies-pull' | 'token-dead-letter-pull') => Promise<string[]>;
}

export interface InstanceOptions {
  /** How many; they take turns, and the header `x-instance` names one. */
  instances?: number;
  change?: (services: PushServices, instance: number) => PushServices;
}

/**
 * The batch function and the local cloud that pushes to it, in this process, until the test file ends.
 */
export async function startBatchFunction({
  policy = new URL('../../tools/policies/local.json', import.meta.url).pathname,
  ...first
}: InstanceOptions & { policy?: string } = {}): Promise<BatchFunction> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const emulator = await startEmulator({ pushEndpoint: url });
  emulator.setDelivery({ pushEndpoint: url, minimumBackoffMs: 5, maximumBackoffMs: 50 });
  Object.assign(process.env, emulator.env('countersign'));
  const lines: string[] = [];
  const env = {
    ...emulator.env('countersign'),
    COUNTERSIGN_LOCAL: 'true',
    COUNTERSIGN_BATCH_URL: url,
    COUNTERSIGN_POLICY: policy,
    COUNTERSIGN_SIGNATURES_PER_MINUTE: '0',
    COUNTERSIGN_DEAD_LETTER_TOPIC: `${project}/topics/token-dead-letter`,
  };
  const composed = composeBatch(readBatchConfig(env));
  for (const level of ['info', 'warn', 'error'] as const) {
    vi.spyOn(composed.log, level).mockImplementation((...line) => void lines.push(JSON.stringify(line)));
  }
  /** With a memory of its own for batches and tokens; clients and the policy take a second to make, and are shared. */
  const startInstance = (): PushServices => {
    const { issuance, ...shared } = composed.batch;
    const own = {
      topicNotes: new TopicNotes(),
      limiter: new Limiter(64),
      issuance: { ...issuance, reuse: new TokenReuse() },
    };
    return { ...composed, batch: { ...shared, ...own } };
  };
  const instances = new Instances(server);
  const renew = ({ instances: count = 1, change = (services) => services }: InstanceOptions) =>
    instances.renew(Array.from({ length: count }, (_each, index) => change(startInstance(), index)));
  renew(first);
  afterAll(async () => {
    await emulator.stop();
    server.closeAllConnections();
    server.close();
  });
  const post = (path: string, body: unknown) => call(emulator, 'POST', `/v1/${path}`, { body });
  return {
    url,
    emulator,
    renew,
    crash: (index) => instances.crash(index),
    logged: () => lines.join('\n'),
    async idToken(identity = 'pubsub-push', audience = url) {
      const query = new URLSearchParams({ audience, format: 'full' });
      const path = '/computeMetadata/v1/instance/service-accounts/default/identity';
      const answer = await fetch(`http://127.0.0.1:${emulator.ports[identity]}${path}?${query}`, {
        headers: { 'metadata-flavor': 'Google' },
      });
      return answer.text();
    },
    async publish({ data, attributes }) {
      const text = typeof data === 'string' ? data : JSON.stringify(data);
      const message = {
        ...(data !== undefined && { data: Buffer.from(text).toString('base64') }),
        ...(attributes && { attributes }),
      };
      const { status } = await post(`${requests}:publish`, { messages: [message] });
      if (status !== 200) throw new Error(`publish: ${status}`);
    },
    settled: () =>
      vi.waitFor(
        () => {
          const left = emulator.backlog()[`${project}/subscriptions/token-requests-push`];
          if (left !== 0) throw new Error(`${left} messages wait`);
        },
        { timeout: 60_000, interval: 10 },
      ),
    async versions(secret = secretOne) {
      const { body } = await call(emulator, 'GET', `/v1/${secret}/versions`);
      const names = (body.versions ?? []).map(({ name }: { name: string }) => name.split('/').at(-1));
      const payloads = [];
      for (const number of names.reverse()) {
        const { body: version, status } = await call(
          emulator,
          'GET',
          `/v1/${secret}/versions/${number}:access`,
        );
        if (status === 200) payloads.push(JSON.parse(Buffer.from(version.payload.data, 'base64').toString()));
      }
      return payloads;
    },
    async pulled(subscription) {
      const path = `${project}/subscriptions/${subscription}`;
      const { body } = await post(`${path}:pull`, { maxMessages: 1000, returnImmediately: true });
      const received: { ackId: string; message: { data: string } }[] = body.receivedMessages ?? [];
      if (received.length > 0) {
        await post(`${path}:acknowledge`, { ackIds: received.map(({ ackId }) => ackId) });
      }
      return received.map(({ message }) => Buffer.from(message.data, 'base64').toString());
    },
  };
}

/** Google's own client, reading the local Secret Manager as a job does: at the port of `caller`. */
export function secretReader({ emulator }: Pick<BatchFunction, 'emulator'>): SecretManagerServiceClient {
  const options = { fallback: true, protocol: 'http', apiEndpoint: '127.0.0.1', port: emulator.ports.caller };
  return new SecretManagerServiceClient(options);
}

interface Instance {
  handle: ReturnType<typeof createPushHandler>;
  open: Set<ServerResponse>;
  isDead: boolean;
}

/** Hands each request to the next instance that lives. State: the instances, and whose turn it is. */
class Instances {
  #instances: Instance[] = [];
  #turn = 0;

  constructor(server: Server) {
    server.on('request', (request, response) => {
      const living = this.#instances.filter(({ isDead }) => !isDead);
      this.#turn += 1;
      const named = this.#instances[Number(request.headers['x-instance'] ?? Number.NaN)];
      const instance = named ?? living[this.#turn % living.length];
      if (instance === undefined || instance.isDead) return void request.socket.destroy();
      instance.open.add(response);
      response.on('close', () => instance.open.delete(response));
      void instance.handle(request, response);
    });
  }

  renew(services: readonly PushServices[]): void {
    this.#instances = services.map((each) => ({
      handle: createPushHandler(each),
      open: new Set<ServerResponse>(),
      isDead: false,
    }));
  }

  crash(index: number): void {
    const instance = this.#instances[index];
    if (instance === undefined) throw new Error(`no instance ${index}`);
    instance.isDead = true;
    for (const { socket } of instance.open) socket?.destroy();
  }
}
