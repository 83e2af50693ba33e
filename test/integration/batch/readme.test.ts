import { readFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { PubSub } from '@google-cloud/pubsub';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import nock from 'nock';
import { expect, onTestFinished, test } from 'vitest';
import * as batch from '../../../sdk/src/batch/index.ts';
import { startBatchFunction } from '../../support/batch-function.ts';

test('the README’s batch job gets its tokens', async () => {
  // nock's stand-ins for Node's own clients break the gRPC of the Pub/Sub client.
  nock.restore();
  onTestFinished(() => nock.activate());
  const { emulator } = await startBatchFunction();
  const { hostname, port } = new URL(emulator.origin);
  const readme = readFileSync('README.md', 'utf8').split('## Ask from a batch job')[1] ?? '';
  const [, snippet = ''] = /```ts\n([\s\S]*?)```/.exec(readme) ?? [];
  const body = stripTypeScriptTypes(snippet).replaceAll(/^import .*$/gm, '');
  expect(body).toContain('publishMessage');
  // As it stands, but for where Google is: the local cloud has no certificates.
  class LocalSecretManager extends SecretManagerServiceClient {
    constructor() {
      super({ fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(port) });
    }
  }
  const given = { ...batch, PubSub, SecretManagerServiceClient: LocalSecretManager };
  const AsyncFunction = Object.getPrototypeOf(async () => undefined).constructor;
  const run = new AsyncFunction(...Object.keys(given), `${body}\nreturn results;`);
  const results = await run(...Object.values(given));
  expect(
    results.map(({ id, token }: { id: string; token?: string }) => [id, token?.split('.').length]),
  ).toEqual([
    ['daily', 3],
    ['weekly', 3],
  ]);
}, 30_000);
