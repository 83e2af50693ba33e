import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import {
  type BatchMessage,
  type BatchResult,
  buildBatchMessage,
  createReplyKeys,
  openReply,
  ReplyCollector,
  type ReplyKeys,
  readResult,
  type SecretReader,
} from '../../sdk/src/batch/index.ts';
import { type BatchFunction, replies, secretReader } from './batch-function.ts';

const secrets = ['one', 'two', 'three'].map((name) => `projects/countersign-local/secrets/batch-${name}`);

/** The local policy for these reply keys, in a file that is removed after the test. */
export async function withReplyKeys(): Promise<{ policy: string; keys: ReplyKeys[] }> {
  const keys = await Promise.all([createReplyKeys(), createReplyKeys('RSA-OAEP-256'), createReplyKeys()]);
  const local = JSON.parse(readFileSync('tools/policies/local.json', 'utf8'));
  for (const binding of local.bindings) binding.jwkThumbprints = keys.map(({ thumbprint }) => thumbprint);
  const folder = mkdtempSync(join(tmpdir(), 'countersign-chaos-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const policy = join(folder, 'policy.json');
  writeFileSync(policy, JSON.stringify({ ...local, $schema: undefined }));
  return { policy, keys };
}

/** Batches of so many items each, every fourth to the reply topic, for one key after the other, the others to three secrets in turn. */
export function buildBatches(count: number, items: number, keys: readonly ReplyKeys[]): BatchMessage[] {
  return Array.from({ length: count }, (_each, batch) => {
    const requests = Array.from({ length: items }, (_item, index) => ({
      id: `${index}`,
      claims: { aud: `https://batch-${batch}-${index}.example.com` },
    }));
    const secret = secrets[batch % 3] ?? '';
    const key = keys[((batch - 3) / 4) % keys.length];
    const deliverTo = key === undefined ? { secret } : { topic: replies, jwk: key.publicJwk };
    return buildBatchMessage({ requestId: `chaos-${batch}`, requests, deliverTo });
  });
}

/** What goes wrong: each with how many calls it meets. Some lose only the answer of a call that was done. */
export function faultsFor(batches: number) {
  const few = Math.ceil(batches / 4);
  const ofFunction = [
    { api: 'signJwt', status: 429, count: batches },
    { api: 'signJwt', status: 503, count: batches },
    { api: 'signJwt', resetAfterBytes: 0, count: few },
    { api: 'secrets.addVersion', status: 503, count: few },
    { api: 'secrets.addVersion', resetAfterBytes: 0, count: few },
    { api: 'secrets.get', status: 503, count: few },
    { api: 'secrets.patch', status: 503, count: few },
    { api: 'secrets.patch', resetAfterBytes: 0, count: few },
    { api: 'versions.list', status: 503, count: few },
    { api: 'topics.publish', status: 503, count: few },
    { api: 'topics.publish', resetAfterBytes: 0, count: few },
  ].map((fault) => ({ ...fault, identity: 'countersign' as const }));
  return [...ofFunction, { api: 'push', resetAfterBytes: 0, count: few }];
}

/** Publishes every batch, and every eighth a second time, as a publisher may that got no answer. */
export async function publishAll(target: BatchFunction, batches: readonly BatchMessage[]): Promise<number> {
  const repeats = batches.filter((_each, index) => index % 8 === 0);
  const publish = ({ data }: BatchMessage) => target.publish({ data: new TextDecoder().decode(data) });
  await Promise.all([...batches, ...repeats].map(publish));
  return repeats.length;
}

/** What became of the batches, as their readers see it. */
export interface Tally {
  /** Batches without a result, or with an item that has no token. */
  lost: number;
  /** Batches whose reader was given one result at one time and another at another. */
  doubled: number;
  /** Replies that another key than the batch's opens, and batches whose version or reply is not the reader's alone. */
  wrong: number;
  /** Versions that were written and have no effect. */
  surplusVersions: number;
  /** Replies that were published and have no effect. */
  surplusReplies: number;
}

/**
 * Reads results as jobs do, while the chaos lasts and after it. State: the first result that each batch's reader was
 * given, which has to stay, and what came on the reply topic.
 */
export class Readers {
  readonly #target: BatchFunction;
  readonly #batches: readonly BatchMessage[];
  readonly #keys: readonly ReplyKeys[];
  readonly #collectors = new Map<BatchMessage, ReplyCollector>();
  readonly #first = new Map<BatchMessage, string>();
  readonly #doubled = new Set<BatchMessage>();
  readonly #reader: SecretReader;
  readonly #payloads = new Map<string, unknown>();
  /** Distinct replies: what the topic's own subscription delivers twice is one. */
  readonly #replies = new Set<string>();

  constructor(target: BatchFunction, batches: readonly BatchMessage[], keys: readonly ReplyKeys[]) {
    this.#target = target;
    this.#batches = batches;
    this.#keys = keys;
    this.#reader = this.#remembering(secretReader(target));
    for (const message of batches) {
      const { privateJwk = {} } = this.#keyOf(message) ?? {};
      if ('topic' in message.deliverTo)
        this.#collectors.set(message, new ReplyCollector(message, { privateJwk }));
    }
  }

  /** Every reader looks once. */
  async look(): Promise<void> {
    for (const data of await this.#target.pulled('token-replies-pull')) {
      this.#replies.add(data);
      for (const collector of this.#collectors.values()) await collector.add(data);
    }
    for (const message of this.#batches) {
      const collector = this.#collectors.get(message);
      const result = collector ? collector.result : await readResult(message, this.#reader);
      const text = result && JSON.stringify(result);
      const before = this.#first.get(message);
      if (before !== undefined && text !== before) this.#doubled.add(message);
      if (before === undefined && text !== undefined) this.#first.set(message, text);
    }
  }

  /** The effective result of each batch that has one. */
  results(): [BatchMessage, BatchResult][] {
    return [...this.#first].map(([message, text]) => [message, JSON.parse(text)]);
  }

  async tally(): Promise<Tally> {
    const whole = this.results().filter(([{ requests }, { results = [] }]) =>
      requests.every(({ id }) => results.find((entry) => entry.id === id)?.token !== undefined),
    );
    const versions = (await Promise.all(secrets.map((secret) => this.#target.versions(secret)))).flat();
    const toSecrets = whole.filter(([message]) => !this.#collectors.has(message)).length;
    return {
      lost: this.#batches.length - whole.length,
      doubled: this.#doubled.size,
      wrong: await this.#wrongReplies(),
      surplusVersions: versions.length - toSecrets,
      surplusReplies: this.#replies.size - (whole.length - toSecrets),
    };
  }

  /** Each reply opens with one of the keys alone, and that is the key of its batch. */
  async #wrongReplies(): Promise<number> {
    let wrong = 0;
    for (const data of this.#replies) {
      const opened = await Promise.all(this.#keys.map(({ privateJwk }) => openReply(data, { privateJwk })));
      const [by, ...others] = this.#keys.filter((_key, index) => opened[index] !== undefined);
      const { requestId } = opened.find((each) => each !== undefined) ?? {};
      const message = this.#batches.find((each) => each.requestId === requestId);
      if (others.length > 0 || message === undefined || by !== this.#keyOf(message)) wrong += 1;
    }
    return wrong;
  }

  #keyOf({ deliverTo }: BatchMessage): ReplyKeys | undefined {
    return 'topic' in deliverTo ? this.#keys.find(({ publicJwk }) => publicJwk === deliverTo.jwk) : undefined;
  }

  /** A version's payload never changes, so that a second reader need not fetch it. */
  #remembering(client: ReturnType<typeof secretReader>): SecretReader {
    return {
      listSecretVersions: (request) => client.listSecretVersions(request),
      accessSecretVersion: async ({ name }) => {
        const known = this.#payloads.get(name);
        const answer = known ?? (await client.accessSecretVersion({ name }))[0];
        this.#payloads.set(name, answer);
        return [answer];
      },
    };
  }
}
