import { abortable } from '../abortable.ts';
import { CountersignError } from '../errors.ts';
import type { BatchResult } from '../generated/types.ts';

/** How long to wait, and how often to look. */
export interface WaitOptions {
  /** Milliseconds to wait in all; 60,000 where left out. */
  timeoutMs?: number | undefined;
  /** Milliseconds between two looks; 1,000 where left out. */
  intervalMs?: number | undefined;
  /** Ends the waiting: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Looks again and again until there is a result, such as
 * `waitForResult(() => readResult(message, client))`, also past failures that pass. Rejects when the time is up, with
 * the last look's failure or else with `deadline_exceeded`, and with the signal's reason once it aborts.
 */
export async function waitForResult(
  look: () => Promise<BatchResult | undefined> | BatchResult | undefined,
  { timeoutMs = 60_000, intervalMs = 1000, signal }: WaitOptions = {},
): Promise<BatchResult> {
  const endsAt = performance.now() + timeoutMs;
  for (;;) {
    let failure: CountersignError | undefined;
    try {
      const result = await abortable(Promise.resolve(look()), signal);
      if (result !== undefined) return result;
    } catch (error) {
      if (!(error instanceof CountersignError && error.retryable)) throw error;
      failure = error;
    }
    if (performance.now() + intervalMs > endsAt) {
      throw failure ?? new CountersignError('deadline_exceeded', `No result within ${timeoutMs} ms`);
    }
    await abortable(new Promise((resolve) => setTimeout(resolve, intervalMs)), signal);
  }
}
