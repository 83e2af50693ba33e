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

/** A timer that is set for longer fires at once. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Looks again and again until there is a result, such as
 * `waitForResult(() => readResult(message, client))`, also past failures that pass. Rejects when the time is up, with
 * the last look's failure or else with `deadline_exceeded`, and with the signal's reason once it aborts.
 */
export async function waitForResult(
  look: () => Promise<BatchResult | undefined> | BatchResult | undefined,
  { timeoutMs = 60_000, intervalMs = 1000, signal }: WaitOptions = {},
): Promise<BatchResult> {
  signal?.throwIfAborted();
  let failure: CountersignError | undefined;
  let isOver = false;
  let pause: ReturnType<typeof setTimeout> | undefined;
  let end: ReturnType<typeof setTimeout> | undefined;

  const keepLooking = async () => {
    for (;;) {
      try {
        const result = await look();
        if (result !== undefined) return result;
        failure = undefined;
      } catch (error) {
        if (!(error instanceof CountersignError && error.retryable)) throw error;
        failure = error;
      }
      await new Promise((resolve) => {
        if (!isOver) pause = setTimeout(resolve, Math.min(intervalMs, longestTimerMs));
      });
    }
  };
  const timeUp = new Promise<never>((_, reject) => {
    const giveUp = () =>
      reject(failure ?? new CountersignError('deadline_exceeded', `No result within ${timeoutMs} ms`));
    end = setTimeout(giveUp, Math.min(timeoutMs, longestTimerMs));
  });
  try {
    return await abortable(Promise.race([keepLooking(), timeUp]), signal);
  } finally {
    isOver = true;
    clearTimeout(pause);
    clearTimeout(end);
  }
}
