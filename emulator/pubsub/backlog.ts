import type { PubsubMessage } from './message.ts';

/** One handing out of a message; who got it acknowledges it by `ackId`. */
export interface Delivery {
  readonly ackId: string;
  readonly message: PubsubMessage;
  /** 1 the first time, and one more for each refusal and each deadline that passed. */
  readonly attempt: number;
}

/** How a subscription delivers, asked anew each time, for it may be changed. */
export interface BacklogRules {
  readonly isOrdered: () => boolean;
  /** How long a message waits after so many failed deliveries. */
  readonly backoffMs: (failures: number) => number;
  /** Takes a message that failed so often out of here; false where it has to stay. */
  readonly takeDead: (message: PubsubMessage, failures: number) => boolean;
  /** Whether the message is past its retention. */
  readonly isPast: (message: PubsubMessage) => boolean;
}

interface Held {
  readonly message: PubsubMessage;
  failures: number;
  readyAtMs: number;
  /** While it is handed out. */
  lease: { readonly ackId: string; untilMs: number } | undefined;
}

let deliveries = 0;

/**
 * The messages of one subscription that are not acknowledged. Its state is what each waits for: to be ready, or to
 * be acknowledged. Times are those of `performance.now()`, so that a clock that stands still stops no delivery.
 */
export class Backlog {
  readonly #rules: BacklogRules;
  #held: Held[] = [];

  constructor(rules: BacklogRules) {
    this.#rules = rules;
  }

  get size(): number {
    return this.#held.length;
  }

  add(message: PubsubMessage, delayMs = 0): void {
    this.#held.push({ message, failures: 0, readyAtMs: performance.now() + delayMs, lease: undefined });
  }

  clear(): void {
    this.#held = [];
  }

  /**
   * Hands out at most so many messages that are ready, each for `deadlineMs`. Of an ordered subscription each key
   * has one message out, its oldest.
   */
  lease(maxMessages: number, deadlineMs: number): Delivery[] {
    this.#settle();
    const nowMs = performance.now();
    const busyKeys = new Set<string>();
    const leased: Delivery[] = [];
    for (const held of this.#held) {
      if (leased.length >= maxMessages) break;
      const { message, failures, readyAtMs, lease } = held;
      const key = this.#rules.isOrdered() ? message.orderingKey : '';
      const isBlocked = lease !== undefined || readyAtMs > nowMs || busyKeys.has(key);
      if (key) busyKeys.add(key);
      if (isBlocked) continue;
      deliveries += 1;
      const ackId = `emulator-${deliveries}`;
      held.lease = { ackId, untilMs: nowMs + deadlineMs };
      leased.push({ ackId, message, attempt: failures + 1 });
    }
    return leased;
  }

  /** A delivery whose deadline has passed is not acknowledged any more; the message comes again. */
  acknowledge(ackId: string): void {
    this.#settle();
    this.#held = this.#held.filter(({ lease }) => lease?.ackId !== ackId);
  }

  /** Zero seconds refuse the delivery. */
  modifyDeadline(ackId: string, deadlineMs: number): void {
    this.#settle();
    const held = this.#held.find(({ lease }) => lease?.ackId === ackId);
    if (!held?.lease) return;
    if (deadlineMs === 0) this.#fail(held);
    else held.lease.untilMs = performance.now() + deadlineMs;
  }

  /** In how many milliseconds something may be ready that is not now; undefined while nothing waits for time. */
  nextInMs(): number | undefined {
    const times = this.#held.map(({ lease, readyAtMs }) => lease?.untilMs ?? readyAtMs);
    const next = Math.min(...times.filter((time) => Number.isFinite(time)));
    return Number.isFinite(next) ? Math.max(0, next - performance.now()) : undefined;
  }

  /** Drops what is past its retention and takes back what was not acknowledged in time. */
  #settle(): void {
    const nowMs = performance.now();
    this.#held = this.#held.filter(({ message }) => !this.#rules.isPast(message));
    for (const held of this.#held) {
      if (held.lease && held.lease.untilMs <= nowMs) this.#fail(held);
    }
  }

  #fail(held: Held): void {
    held.failures += 1;
    held.lease = undefined;
    held.readyAtMs = performance.now() + this.#rules.backoffMs(held.failures);
    if (!this.#rules.takeDead(held.message, held.failures)) return;
    this.#held = this.#held.filter((other) => other !== held);
  }
}
