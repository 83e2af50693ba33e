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

  /** Puts the clock to an instant, from which it runs on unless it is frozen. */
  set(timeMs: number): void {
    this.#offsetMs = timeMs - Date.now();
    if (this.#frozenAtMs !== undefined) this.#frozenAtMs = timeMs;
  }

  advance(seconds: number): void {
    this.set(this.nowMs() + seconds * 1000);
  }

  freeze(frozen: boolean): void {
    const nowMs = this.nowMs();
    this.#frozenAtMs = frozen ? nowMs : undefined;
    if (!frozen) this.set(nowMs);
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
