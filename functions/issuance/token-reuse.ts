import { hash } from 'node:crypto';
import type { ClaimsSet } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import { inTime } from './in-time.ts';
import type { Deadline } from './ports.ts';

export interface SignedToken {
  token: string;
  kid: string;
  claims: ClaimsSet;
}

/** A token is handed out again while at least this part of its life is left. */
const reusableFraction = 0.8;
const maxEntries = 10_000;
/** All tokens together, in characters; their claims weigh about as much again. */
const maxTotalLength = 8 * 1024 * 1024;

interface Entry {
  flight: Promise<SignedToken>;
  /** Length of the token; 0 while it is being signed. */
  length: number;
  /** Last moment at which the token is handed out again, a NumericDate; no end while it is being signed. */
  reusableUntil: number;
}

/**
 * Tokens by the whole of what they were signed for, so that one caller never gets another's, and concurrent equal
 * requests make one IAM call. State: the entries, in the order of their last signing, bounded in number
 * and in size.
 */
export class TokenReuse {
  readonly #entries = new Map<string, Entry>();
  #totalLength = 0;

  /**
   * The token for `key`: one with most of its life left, one that is being signed, or one that `sign` signs now.
   * Nobody waits for another's signing past `deadline`, and nobody fails because another had less time.
   */
  async get(
    key: string,
    { now, deadline }: { now: number; deadline: Deadline },
    sign: () => Promise<SignedToken>,
  ): Promise<{ token: SignedToken; reused: boolean }> {
    const digest = digestOf(key);
    for (let entry = this.#entries.get(digest); entry !== undefined && now <= entry.reusableUntil; ) {
      try {
        return { token: await landing(entry, deadline), reused: true };
      } catch (error) {
        const next = this.#entries.get(digest);
        const isOutOfTime = error instanceof Problem && error.code === 'deadline_exceeded';
        if (!isOutOfTime || performance.now() >= deadline || next === entry) throw error;
        entry = next;
      }
    }
    const flight = sign();
    const pending = { flight, length: 0, reusableUntil: Number.POSITIVE_INFINITY };
    this.#keep(digest, pending);
    try {
      const token = await flight;
      if (this.#entries.get(digest) === pending) this.#keep(digest, signedEntry(token));
      return { token, reused: false };
    } catch (error) {
      if (this.#entries.get(digest) === pending) this.#drop(digest);
      throw error;
    }
  }

  /** Signs anew, whatever is there, and keeps the result for those who ask next. */
  async renew(key: string, sign: () => Promise<SignedToken>): Promise<SignedToken> {
    const token = await sign();
    this.#keep(digestOf(key), signedEntry(token));
    return token;
  }

  #keep(digest: string, entry: Entry): void {
    this.#drop(digest);
    this.#entries.set(digest, entry);
    this.#totalLength += entry.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries && this.#totalLength <= maxTotalLength) break;
      this.#drop(oldest);
    }
  }

  #drop(digest: string): void {
    this.#totalLength -= this.#entries.get(digest)?.length ?? 0;
    this.#entries.delete(digest);
  }
}

/** One that is signed is here at once; one that is being signed may not be in time. */
function landing({ flight, length }: Entry, deadline: Deadline): Promise<SignedToken> {
  return length > 0 ? flight : inTime(flight, deadline, 'The token was not signed in time. Try again.');
}

/** The key holds the whole request, up to 64 KiB of it; what is kept is its digest. */
function digestOf(key: string): string {
  return hash('sha256', key, 'base64');
}

function signedEntry(token: SignedToken): Entry {
  return { flight: Promise.resolve(token), length: token.token.length, reusableUntil: lastReuse(token) };
}

function lastReuse({ claims: { iat, exp } }: SignedToken): number {
  return Math.floor(exp - reusableFraction * (exp - iat));
}
