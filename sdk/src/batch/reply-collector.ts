import type { BatchResult } from '../generated/types.ts';
import { answers, checkAudiences } from './check-result.ts';
import type { BatchMessage } from './message.ts';
import { openReply } from './reply-keys.ts';

/**
 * Puts a result together from the replies on a topic, in whatever order and however often they come: of each part
 * the first one counts. State: the parts that are there.
 */
export class ReplyCollector {
  readonly #message: BatchMessage;
  readonly #privateJwk: JsonWebKey;
  readonly #parts = new Map<number, BatchResult>();
  #result: BatchResult | undefined;

  constructor(message: BatchMessage, { privateJwk }: { privateJwk: JsonWebKey }) {
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
    const { index = 0, count = 1 } = part;
    if (this.#result === undefined && !this.#parts.has(index)) {
      this.#parts.set(index, checkAudiences(this.#message, part));
      this.#assemble(count);
    }
    return true;
  }

  #assemble(count: number): void {
    const parts = [...this.#parts].sort(([a], [b]) => a - b).map(([, part]) => part);
    const whole = parts.find(({ results }) => results === undefined);
    const { requestId } = this.#message;
    const results = parts.flatMap((part) => part.results ?? []);
    const result = whole?.problem ? { requestId, problem: whole.problem } : { requestId, results };
    if (parts.length >= count && answers(this.#message, result)) this.#result = result;
  }
}
