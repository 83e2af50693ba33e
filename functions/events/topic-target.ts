import { randomUUID } from 'node:crypto';
import type { BatchResult } from '../contract/generated/types.ts';
import type { Publisher } from '../issuance/delivery-ports.ts';
import type { DeliveryTarget } from './delivery-target.ts';
import type { Note } from './notes.ts';
import type { BatchItemRequest } from './parse-message.ts';
import type { ReplyKey } from './reply-key.ts';
import { encodeResult } from './result.ts';

/** A message has at most 10 MB, a compact JWE is a third longer than its plaintext, and so is its base64. */
const maxChunkBytes = 5 * 1024 * 1024;
/** Bytes that the requests of one part add up to at most, each with what its token takes besides. */
const maxRequestBytes = 512 * 1024;
const bytesPerItem = 1024;
const maxRemembered = 10_000;

/**
 * What this instance delivered to topics: a topic can't be asked, so a repeat that another instance gets is delivered
 * once more, and the reader drops it. State: the notes, oldest first, bounded.
 */
export class TopicNotes {
  readonly #notes = new Map<string, Note>();

  get(name: string): Note | undefined {
    return this.#notes.get(name);
  }

  delete(name: string): void {
    this.#notes.delete(name);
  }

  set(name: string, note: Note): void {
    this.#notes.delete(name);
    this.#notes.set(name, note);
    const oldest = this.#notes.keys().next().value;
    if (this.#notes.size > maxRemembered && oldest !== undefined) this.#notes.delete(oldest);
  }
}

/** Opens a topic to deliver to, encrypted for the key: never a plain token on a topic. */
export function openTopic(
  { publisher, notes, now }: { publisher: Publisher; notes: TopicNotes; now: () => number },
  topic: string,
  key: ReplyKey,
  items: readonly BatchItemRequest[],
): DeliveryTarget {
  // The same batch for another key is another delivery: who holds that key has nothing yet.
  const nameOf = (name: string) => [topic, key.thumbprint, name].join('\n');
  return {
    delivery: { topic, jwkThumbprint: key.thumbprint },
    maxBytes: undefined,
    noteOf(name) {
      const note = notes.get(nameOf(name));
      return note !== undefined && now() <= note.until ? note : undefined;
    },
    async claim(name, claim) {
      if (this.noteOf(name) !== undefined) return false;
      notes.set(nameOf(name), claim);
      return true;
    },
    async deliver(name, done, result, deadline) {
      const delivery = randomUUID();
      const messages: Buffer[] = [];
      for (const part of partsOf(result, items)) messages.push(await encrypt({ ...part, delivery }, key));
      await publisher.publish(topic, messages, deadline);
      notes.set(nameOf(name), { ...done, version: 0 });
      return { version: undefined, destroyed: [], leftBecause: undefined };
    },
    async release(name, { owner }) {
      const found = notes.get(nameOf(name));
      if (found?.state === 'busy' && found.owner === owner) notes.delete(nameOf(name));
    },
  };
}

/** A token takes a third more than its request, so that each part stays below the limit of a message. */
function partsOf(result: BatchResult, items: readonly BatchItemRequest[]): BatchResult[] {
  const { requestId, results } = result;
  if (results === undefined) return [{ ...result, index: 0, count: 1 }];
  const starts: number[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const [index, { size }] of items.entries()) {
    bytes += size + bytesPerItem;
    if (bytes <= maxRequestBytes) continue;
    starts.push(index);
    bytes = size + bytesPerItem;
  }
  return starts.map((start, index) => ({
    requestId,
    index,
    count: starts.length,
    results: results.slice(start, starts[index + 1]),
  }));
}

/** A compact JWE (RFC 7516 section 7.1); its `kid` is the key's thumbprint, by which a reader tells what is its own. */
async function encrypt(part: BatchResult, { jwk, alg, thumbprint }: ReplyKey): Promise<Buffer> {
  const { CompactEncrypt, importJWK } = await import('./jose-encrypt.ts');
  const plaintext = encodeResult(part, maxChunkBytes) ?? Buffer.from(JSON.stringify(part));
  const jwe = await new CompactEncrypt(plaintext)
    .setProtectedHeader({ alg, enc: 'A256GCM', kid: thumbprint, cty: 'json' })
    .encrypt(await importJWK(jwk, alg));
  return Buffer.from(jwe);
}
