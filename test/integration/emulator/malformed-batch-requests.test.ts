import { Agent } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { accessToken } from '../../support/emulator-client.ts';
import { expectEnvelope, send } from '../../support/raw-request.ts';

let emulator: Emulator;
let token: string;

const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  emulator = await startEmulator();
  token = await accessToken(emulator, 'countersign');
});

afterAll(async () => {
  agent.destroy();
  await emulator.stop();
});

const project = '/v1/projects/countersign-local';

const bodyMethods = [
  ['POST', 'secrets?secretId=made'],
  ['PATCH', 'secrets/batch-one?updateMask=labels,annotations,versionAliases'],
  ['POST', 'secrets/batch-one:addVersion'],
  ['POST', 'secrets/batch-one:testIamPermissions'],
  ['POST', 'secrets/batch-one/versions/1:disable'],
  ['POST', 'secrets/unlabelled:setIamPolicy'],
  ['PUT', 'topics/made-topic'],
  ['PUT', 'subscriptions/made-subscription'],
  ['POST', 'topics/token-replies:publish'],
  ['POST', 'subscriptions/token-replies-pull:pull'],
  ['POST', 'subscriptions/token-replies-pull:acknowledge'],
  ['POST', 'subscriptions/token-replies-pull:modifyAckDeadline'],
  ['POST', 'subscriptions/token-requests-push:modifyPushConfig'],
] as const;

const names = [
  ...[
    'payload',
    'data',
    'dataCrc32c',
    'replication',
    'labels',
    'annotations',
    'versionAliases',
    'etag',
    'ttl',
  ],
  ...['messages', 'attributes', 'ackIds', 'ackDeadlineSeconds', 'maxMessages', 'pushConfig', 'retryPolicy'],
  ...['deadLetterPolicy', 'messageRetentionDuration', 'topic', 'filter', 'policy', '__proto__', 'x'],
];

const values = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom('9'.repeat(30), '1e400', '\ud800', '-1s', '99999999999999s', { automatic: {} }, [{}]),
);

const bodies = fc.oneof(
  fc.uint8Array({ maxLength: 100 }),
  fc.json().map((text) => Buffer.from(text)),
  fc.dictionary(fc.constantFrom(...names), values).map((value) => Buffer.from(JSON.stringify(value))),
);

const ids = fc.oneof(
  fc.constantFrom('', '%', '%ff', '..', '%2e%2e%2f', '-', 'a%00b', 'x'.repeat(5000), 'latest', '0', '-1'),
  fc.string({ minLength: 1, maxLength: 40 }).map((text) => encodeURIComponent(text.toWellFormed())),
);

const runs = { numRuns: 150 };

describe('a malformed request gets the error envelope', () => {
  it.each(bodyMethods)('at %s %s, for its body', async (method, path) => {
    const property = fc.asyncProperty(bodies, async (body) => {
      const headers = { authorization: `Bearer ${token}` };
      const received = await send(emulator.origin, agent, {
        method,
        path: `${project}/${path}`,
        headers,
        body,
      });
      // What means nothing to the method may by chance be a whole request.
      if (received.status !== 200) expectEnvelope(received);
    });
    await fc.assert(property, runs);
  });

  const paths = [
    (id: string) => `secrets/${id}`,
    (id: string) => `secrets/${id}/versions`,
    (id: string) => `secrets/batch-two/versions/${id}`,
    (id: string) => `secrets/batch-two/versions/${id}:access`,
    (id: string) => `secrets/batch-two/versions?pageSize=${id || 'x'}&pageToken=x`,
    (id: string) => `topics/${id}`,
    (id: string) => `topics/${id}/subscriptions`,
    (id: string) => `subscriptions/${id}`,
  ];

  it.each(paths.map((path) => [path('{id}'), path] as const))('at GET %s, for its path', async (_, path) => {
    const property = fc.asyncProperty(ids, async (id) => {
      const headers = { authorization: `Bearer ${token}` };
      const sent = { method: 'GET', path: `${project}/${path(id)}`, headers, body: Buffer.of() };
      const received = await send(emulator.origin, agent, sent);
      // An empty id may make another path of it: that of the list.
      if (received.status !== 200) expectEnvelope(received);
    });
    await fc.assert(property, runs);
  });
});
