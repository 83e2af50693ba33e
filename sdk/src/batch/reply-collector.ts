import type { BatchResult } from '../generated/types.ts';
import { answers, findWrongToken } from './check-result.ts';
import type { BatchMessage } from './message.ts';
import { openReply, type ReplyJwk } from './reply-keys.ts';

/**
 * Puts a result together from the replies on a topic, in whatever order and however often they come. Parts of two
 * deliveries of the batch are never mixed: the first delivery that is whole counts. State: the parts that are there.
 */
export class ReplyCollector {
  readonly #message: BatchMessage;
  readonly #privateJwk: ReplyJwk;
  /** By the delivery that they are of, then by their index. */
  readonly #deliveries = new Map<string, Map<number, BatchResult>>();
  #result: BatchResult | undefined;

  /** Collects for one message, with the keys of createReplyKeys whose public one the message named. */
  constructor(message: BatchMessage, { privateJwk }: { privateJwk: ReplyJwk }) {
    this.#message = message;
    this.#privateJwk = privateJwk;
  }

  /** The effective result, once all of its parts are here. */
  get result(): BatchResult | undefined {
    return this.#result;
  }

  /**
   * Takes the data of one message, and answers whether it was a part of this batch's result. Rejects with
   * `invalid_response` for data that is no reply, or a token for another audience than was asked.
   */
  async add(data: Uint8Array | string): Promise<boolean> {
    const part = await openReply(data, { privateJwk: this.#privateJwk });
    if (part === undefined || part.requestId !== this.#message.requestId) return false;
    if (this.#result !== undefined) return true;
    const fault = findWrongToken(this.#message, part);
    if (fault !== undefined) throw fault;
    const { delivery = '', index = 0, count = 1 } = part;
    const parts = this.#deliveries.get(delivery) ?? new Map<number, BatchResult>();
    if (!parts.has(index)) parts.set(index, part);
    this.#deliveries.set(delivery, parts);
    if (parts.size >= count) this.#assemble(parts);
    return true;
  }

  #assemble(delivered: ReadonlyMap<number, BatchResult>): void {
    const parts = [...delivered].sort(([a], [b]) => a - b).map(([, part]) => part);
    const whole = parts.find(({ results }) => results === undefined);
    const { requestId } = this.#message;
    const results = parts.flatMap((part) => part.results ?? []);
    const result = whole?.problem ? { requestId, problem: whole.problem } : { requestId, results };
    if (answers(this.#message, result)) this.#result = result;
  }
}
