import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire, stripTypeScriptTypes } from 'node:module';
import { PubSub, type Subscription } from '@google-cloud/pubsub';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import nock from 'nock';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type * as Batch from '../../../sdk/src/batch/index.ts';
import {
  type BatchFunction,
  publicReplyKey,
  replyKey,
  startBatchFunction,
} from '../../support/batch-function.ts';
import { blocksOf } from '../../support/markdown.ts';
import { installPackedSdk, type PackedSdk } from '../../support/packed-sdk.ts';

const readme = readFileSync('README.md', 'utf8').split(/^## /m);
const section = readme.find((text) => text.startsWith('Ask from a batch job')) ?? '';
const snippets = [...section.matchAll(/```ts\n([\s\S]*?)```/g)].map(([, code = '']) => code);
const [sdkSnippet] = blocksOf('sdk/README.md').filter(({ heading }) => heading === 'Ask for many at once');

let target: BatchFunction;
let sdk: PackedSdk;
/** As a user has it, installed. */
let batch: typeof Batch;

beforeAll(async () => {
  sdk = await installPackedSdk();
  batch = await import(createRequire(`${sdk.project}/`).resolve('countersign/batch'));
  // nock's stand-ins for Node's own clients break the gRPC of the Pub/Sub client.
  nock.restore();
  target = await startBatchFunction();
}, 120_000);

beforeEach(() => {
  target.emulator.reset();
});

afterAll(async () => {
  nock.activate();
  await sdk[Symbol.asyncDispose]();
});

/** Runs an example as it stands, but for what it imports, and answers its `results`. */
async function resultsOf(snippet: string, given: object): Promise<{ id: string; token?: string }[]> {
  const body = stripTypeScriptTypes(snippet).replaceAll(/^import .*$/gm, '');
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  const run = new AsyncFunction(...Object.keys(given), `${body}\nreturn results;`);
  return run(...Object.values(given));
}

const lengths = (results: { id: string; token?: string }[]) =>
  results.map(({ id, token }) => [id, token?.split('.').length]);

test('has two examples', () => {
  expect(snippets).toHaveLength(2);
  for (const snippet of snippets) expect(snippet).toContain('publishMessage');
});

test.each([
  ['README', snippets[0], ['daily', 'weekly']],
  ['SDK’s README', sdkSnippet?.code, ['daily']],
])(
  'the %s’s batch job gets its tokens from a secret',
  async (_, snippet, ids) => {
    const { hostname, port } = new URL(target.emulator.origin);
    // The local cloud has no certificates.
    class LocalSecretManager extends SecretManagerServiceClient {
      constructor() {
        super({ fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(port) });
      }
    }
    const given = { ...batch, PubSub, SecretManagerServiceClient: LocalSecretManager };
    expect(lengths(await resultsOf(snippet ?? '', given))).toEqual(ids.map((id) => [id, 3]));
  },
  30_000,
);

test('the README’s batch job gets its tokens from a topic', async () => {
  /** The local cloud's subscriptions are pulled over REST: it has no streaming pull. */
  class PulledSubscription extends EventEmitter {
    readonly #timer = setInterval(async () => {
      for (const text of await target.pulled('token-replies-pull')) {
        this.emit('message', { data: Buffer.from(text), ack: () => undefined });
      }
    }, 50);

    async close() {
      clearInterval(this.#timer);
    }
  }
  class LocalPubSub extends PubSub {
    override subscription() {
      return new PulledSubscription() as unknown as Subscription;
    }
  }
  // The key that the local policy lists.
  const createReplyKeys = async () => ({ publicJwk: publicReplyKey, privateJwk: replyKey });
  const given = { ...batch, createReplyKeys, PubSub: LocalPubSub };
  const results = await resultsOf(snippets[1] ?? '', given);
  expect(lengths(results)).toEqual([['daily', 3]]);
}, 30_000);
