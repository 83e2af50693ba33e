import { readFileSync } from 'node:fs';
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import {
  type BatchMessage,
  type BatchResult,
  buildBatchMessage,
  ReplyCollector,
  readResult,
  waitForResult,
} from '../../sdk/src/batch/index.ts';
import { root } from './child-process.ts';

const project = 'projects/countersign-local';
const secret = `${project}/secrets/batch-demo`;
const topic = `${project}/topics/token-replies`;
const privateJwk: JsonWebKey = JSON.parse(readFileSync(`${root}tools/local-cloud/reply-key.json`, 'utf8'));
const { d: _private, ...publicJwk } = privateJwk;

/** 25 items, one of which no binding allows. */
const requests = Array.from({ length: 25 }, (_each, index) => ({
  id: `job-${index}`,
  claims: { aud: index === 12 ? 'https://not.example.org' : `https://job-${index}.example.com` },
}));

/** The demo's batch: asked for through Pub/Sub, read back from a secret and from a topic, and asked for twice. */
export async function showBatch(
  step: number,
  emulatorUrl: string,
  say: (line: string) => void,
): Promise<void> {
  const pubsub = await createPubsub(emulatorUrl);
  const { hostname, port } = new URL(emulatorUrl);
  const options = { fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(port) };
  const client = new SecretManagerServiceClient(options);
  const wait = { intervalMs: 100, timeoutMs: 30_000 };

  const toSecret = buildBatchMessage({ requests, deliverTo: { secret } });
  await pubsub.publish(toSecret);
  const fromSecret = await waitForResult(() => readResult(toSecret, client), wait);
  say(`${step}. A batch of 25, asked for by one Pub/Sub message, read from ${secret}: ${count(fromSecret)}.`);

  const toTopic = buildBatchMessage({ requests, deliverTo: { topic, jwk: publicJwk } });
  await pubsub.publish(toTopic);
  const collector = new ReplyCollector(toTopic, { privateJwk });
  const fromTopic = await waitForResult(async () => {
    for (const data of await pubsub.pull()) await collector.add(data);
    return collector.result;
  }, wait);
  say(`${step + 1}. The same to ${topic}, encrypted for the job's key: ${count(fromTopic)}.`);

  const [before] = await client.listSecretVersions({ parent: secret });
  await pubsub.publish(toSecret);
  await pubsub.publish(toSecret);
  await pubsub.settled();
  const [after] = await client.listSecretVersions({ parent: secret });
  const again = await readResult(toSecret, client);
  await client.close();
  if (after.length !== before.length || JSON.stringify(again) !== JSON.stringify(fromSecret)) {
    throw new Error('The duplicate changed the result.');
  }
  say(
    `${step + 2}. Delivered twice more, the batch changed nothing: ${after.length} version, the same tokens.`,
  );
}

function count({ results = [] }: BatchResult): string {
  const tokens = results.filter(({ token }) => token !== undefined).length;
  const problems = results.flatMap(({ id, problem }) => (problem ? [`${id}: ${problem.code}`] : []));
  if (tokens !== 24 || problems.length !== 1)
    throw new Error(`${tokens} tokens and ${problems.length} problems.`);
  return `${tokens} tokens and 1 problem (${problems[0]})`;
}

/** Pub/Sub by its REST API, as this process's account. */
async function createPubsub(origin: string) {
  const path = '/computeMetadata/v1/instance/service-accounts/default/token';
  const answer = await fetch(`http://${process.env.GCE_METADATA_HOST}${path}`, {
    headers: { 'metadata-flavor': 'Google' },
  });
  const { access_token } = await answer.json();
  const post = async (method: string, body: object) => {
    const { ok, status, json } = await fetch(`${origin}/v1/${project}/${method}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${access_token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }).then(async (response) => ({ ok: response.ok, status: response.status, json: await response.json() }));
    if (!ok) throw new Error(`Pub/Sub answers ${status} to ${method}.`);
    return json;
  };
  const subscription = 'subscriptions/token-replies-pull';
  return {
    publish: ({ data }: BatchMessage) =>
      post('topics/token-requests:publish', { messages: [{ data: Buffer.from(data).toString('base64') }] }),
    async pull(): Promise<Uint8Array[]> {
      const { receivedMessages = [] } = await post(`${subscription}:pull`, { maxMessages: 100 });
      const received: { ackId: string; message: { data: string } }[] = receivedMessages;
      const ackIds = received.map(({ ackId }) => ackId);
      if (ackIds.length > 0) await post(`${subscription}:acknowledge`, { ackIds });
      return received.map(({ message }) => Buffer.from(message.data, 'base64'));
    },
    /** Until every message is acknowledged by the function. */
    async settled(): Promise<void> {
      const name = `${project}/subscriptions/token-requests-push`;
      for (;;) {
        const backlog = await (await fetch(`${origin}/emulator/v1/backlog`)).json();
        if (backlog[name] === 0) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
  };
}
