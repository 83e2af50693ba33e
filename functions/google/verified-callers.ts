import { hash } from 'node:crypto';
import type { Caller } from '../issuance/ports.ts';

const maxEntries = 10_000;
/** How long a verified token is not verified again, in seconds. */
const maxAgeSeconds = 300;

export interface VerifiedCaller {
  caller: Caller;
  /** The key that signed the token: once it leaves the set, the token is verified no more. */
  kid: string;
  /** Until when this may be relied on, a NumericDate. */
  until: number;
}

/**
 * Callers by the hash of the ID token that was verified in full, so that a caller who keeps its token costs one
 * verification in five minutes. Failures are not kept. State: the entries, oldest first, bounded.
 */
export class VerifiedCallers {
  readonly #entries = new Map<string, VerifiedCaller>();

  get(idToken: string, now: number): VerifiedCaller | undefined {
    const entry = this.#entries.get(digestOf(idToken));
    return entry !== undefined && now < entry.until ? entry : undefined;
  }

  /** Keeps a caller whose token was verified at `now` and expires at `exp`, both NumericDates. */
  add(
    idToken: string,
    { caller, kid, exp }: { caller: Caller; kid: string; exp: number },
    now: number,
  ): void {
    const key = digestOf(idToken);
    this.#entries.delete(key);
    this.#entries.set(key, { caller, kid, until: Math.min(exp, now + maxAgeSeconds) });
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > maxEntries && oldest !== undefined) this.#entries.delete(oldest);
  }
}

function digestOf(idToken: string): string {
  return hash('sha256', idToken, 'base64');
}
