import { invalidArgument } from '../http/api-error.ts';
import type { Message } from '../http/message.ts';

const latestMs = Date.parse('9999-01-01T00:00:00Z');

/** How to change the clock; the members are applied in this order. */
export const clockShape = {
  /** RFC 3339. */
  time: 'string',
  /** Ahead of the machine's clock, or behind it. */
  offsetSeconds: 'number',
  /** Ahead of where it stands. */
  advanceSeconds: 'number',
  frozen: 'bool',
} as const;

export type ClockChange = Message<typeof clockShape>;

/** What the clock stands at: the instant, and whether it stands still. */
export interface ClockState {
  readonly time: string;
  readonly offsetSeconds: number;
  readonly frozen: boolean;
}

/**
 * The one clock of the emulator: expiries, signatures, key rotation and Date headers all follow it.
 * Its state is an offset from the machine's clock, or the instant at which it was frozen.
 */
export class Clock {
  #offsetMs = 0;
  #frozenAtMs: number | undefined;

  nowMs(): number {
    return this.#frozenAtMs ?? Date.now() + this.#offsetMs;
  }

  /** NumericDate: whole seconds since 1970. */
  now(): number {
    return Math.floor(this.nowMs() / 1000);
  }

  /** Applies a change. Throws INVALID_ARGUMENT when the time is none that a Date can hold. */
  change({ time, offsetSeconds, advanceSeconds = 0, frozen }: ClockChange): void {
    let timeMs = this.nowMs();
    if (time !== undefined) timeMs = Date.parse(time);
    if (offsetSeconds !== undefined) timeMs = Date.now() + offsetSeconds * 1000;
    timeMs += advanceSeconds * 1000;
    if (!(timeMs >= 0 && timeMs <= latestMs))
      throw invalidArgument(`clock: ${time ?? timeMs} is no time from 1970 to 9999`);
    this.#offsetMs = timeMs - Date.now();
    const isFrozen = frozen ?? this.#frozenAtMs !== undefined;
    this.#frozenAtMs = isFrozen ? timeMs : undefined;
  }

  /** Back to the machine's time. */
  reset(): void {
    this.#offsetMs = 0;
    this.#frozenAtMs = undefined;
  }

  state(): ClockState {
    const nowMs = this.nowMs();
    return {
      time: new Date(nowMs).toISOString(),
      offsetSeconds: Math.round((nowMs - Date.now()) / 1000),
      frozen: this.#frozenAtMs !== undefined,
    };
  }
}
