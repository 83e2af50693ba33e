/** One attempt to push a message, once it has ended. */
export interface LoggedPush {
  /** By the emulator's clock, when it began. */
  readonly time: string;
  readonly subscription: string;
  readonly messageId: string;
  readonly deliveryAttempt: number;
  /** Null where no answer came, or none that counted. */
  readonly status: number | null;
  readonly acknowledged: boolean;
}

/** Beyond this many the oldest are forgotten. */
const maxRecords = 10_000;

/** What was pushed, for assertions. Its state is the last attempts, oldest first. */
export class PushLog {
  #records: LoggedPush[] = [];

  add(push: LoggedPush): void {
    this.#records.push(push);
    if (this.#records.length >= 2 * maxRecords) this.#records = this.#records.slice(-maxRecords);
  }

  all(): LoggedPush[] {
    return this.#records.slice(-maxRecords);
  }

  clear(): void {
    this.#records = [];
  }
}
