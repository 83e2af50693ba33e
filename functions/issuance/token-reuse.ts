import type { ClaimsSet } from '../contract/generated/types.ts';

export interface SignedToken {
  token: string;
  kid: string;
  claims: ClaimsSet;
}

/** A token is handed out again while at least this part of its life is left. */
const reusableFraction = 0.8;
const maxEntries = 10_000;

interface Entry {
  flight: Promise<SignedToken>;
  /** Last moment at which the token is handed out again, a NumericDate; no end while it is being signed. */
  reusableUntil: number;
}

/**
 * Tokens by the whole of what they were signed for, so that one caller never gets another's, and concurrent equal
 * requests make one IAM call. State: the entries, in the order of their last signing, bounded.
 */
export class TokenReuse {
  readonly #entries = new Map<string, Entry>();

  /** The token for `key`: one with most of its life left, one that is being signed, or one that `sign` signs now. */
  async get(
    key: string,
    now: number,
    sign: () => Promise<SignedToken>,
  ): Promise<{ token: SignedToken; reused: boolean }> {
    const entry = this.#entries.get(key);
    if (entry !== undefined && now <= entry.reusableUntil) return { token: await entry.flight, reused: true };
    const flight = sign();
    const pending = this.#keep(key, { flight, reusableUntil: Number.POSITIVE_INFINITY });
    try {
      const token = await flight;
      pending.reusableUntil = lastReuse(token);
      return { token, reused: false };
    } catch (error) {
      if (this.#entries.get(key) === pending) this.#entries.delete(key);
      throw error;
    }
  }

  /** Signs anew, whatever is there, and keeps the result for those who ask next. */
  async renew(key: string, sign: () => Promise<SignedToken>): Promise<SignedToken> {
    const token = await sign();
    this.#keep(key, { flight: Promise.resolve(token), reusableUntil: lastReuse(token) });
    return token;
  }

  #keep(key: string, entry: Entry): Entry {
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    const oldest = this.#entries.keys().next().value;
    if (this.#entries.size > maxEntries && oldest !== undefined) this.#entries.delete(oldest);
    return entry;
  }
}

function lastReuse({ claims: { iat, exp } }: SignedToken): number {
  return Math.floor(exp - reusableFraction * (exp - iat));
}
