import { Problem } from '../contract/problem.ts';

const maxBuckets = 10_000;
/** A caller may spend ten seconds' worth at once: at the default of 6,000 a minute a burst of 1,000. */
const burstMinutes = 1 / 6;

interface Bucket {
  /** Signatures that may still be asked for, as of `at`. */
  left: number;
  /** Milliseconds of `performance.now()`. */
  at: number;
}

/**
 * A token bucket for each caller, counting what reaches IAM, so that no caller spends the project's quota (60,000
 * signatures a minute, https://cloud.google.com/iam/quotas) alone. It counts for this instance only.
 * State: the buckets, least recently used first, bounded.
 */
export class RateLimit {
  readonly #perMillisecond: number;
  readonly #burst: number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param perMinute signatures for each caller; 0 is no limit */
  constructor(perMinute: number) {
    this.#perMillisecond = perMinute / 60_000;
    this.#burst = Math.max(1, Math.ceil(perMinute * burstMinutes));
  }

  /** Takes one signature from the caller's bucket. @throws Problem `rate_limited` where there is none */
  take(member: string): void {
    if (this.#perMillisecond === 0) return;
    const at = performance.now();
    const bucket = this.#buckets.get(member) ?? { left: this.#burst, at };
    const left = Math.min(this.#burst, bucket.left + (at - bucket.at) * this.#perMillisecond);
    this.#buckets.delete(member);
    this.#buckets.set(member, { left: left >= 1 ? left - 1 : left, at });
    const oldest = this.#buckets.keys().next().value;
    if (this.#buckets.size > maxBuckets && oldest !== undefined) this.#buckets.delete(oldest);
    if (left >= 1) return;
    const seconds = Math.max(1, Math.ceil((1 - left) / this.#perMillisecond / 1000));
    const detail = `${member} has spent its signatures for now. Cache tokens until shortly before their exp.`;
    throw new Problem('rate_limited', detail, { retryAfterSeconds: seconds });
  }
}
