import { elapsedMs, type Instant } from './clock.ts';

/** A token as it came. */
export interface FetchedToken {
  readonly token: string;
  /** When its request was sent; its life is counted from then. */
  readonly sent: Instant;
  readonly expiresInSeconds: number;
  /** From the token's iat to its exp. */
  readonly lifetimeSeconds: number;
  /** Whether the service handed an earlier token out again. */
  readonly reused: boolean;
}

/** A token in the cache, for the most part small integers: a client may keep thousands. */
export interface CachedToken extends Instant {
  readonly token: string;
  /** Kept, since making one costs a cached call a third of its time. */
  readonly promise: Promise<string>;
  readonly reused: boolean;
  readonly expiresInMs: number;
  /** Past this it is within the hard margin of its end, and never handed out. */
  readonly usableForMs: number;
  /** From here on a call starts a refresh. */
  refreshAfterMs: number;
  /** How long the last failed refresh put off the next; 0 after none. */
  backoffMs: number;
  /** Handed out since the cache last looked for room. */
  used: boolean;
}

/** Makes the entry; its refresh window opens at `refreshPoint`, a part of the token's whole life. */
export function toCachedToken(
  { token, sent, reused, expiresInSeconds, lifetimeSeconds }: FetchedToken,
  refreshPoint: number,
): CachedToken {
  const expiresInMs = expiresInSeconds * 1000;
  // The hard margin is the smaller of 60 s and a tenth of the life.
  const usableForMs = expiresInMs - Math.min(60_000, lifetimeSeconds * 100);
  const windowOpensMs = expiresInMs - (1 - refreshPoint) * lifetimeSeconds * 1000;
  return {
    token,
    promise: Promise.resolve(token),
    reused,
    mono: Math.floor(sent.mono),
    wall: sent.wall,
    expiresInMs,
    usableForMs,
    // A source that gives a token already in its window is asked again after a hundredth of the life.
    refreshAfterMs: Math.floor(Math.min(usableForMs, Math.max(windowOpensMs, lifetimeSeconds * 10))),
    backoffMs: 0,
    used: false,
  };
}

/** Whether it may be handed out to one who needs it for `minValiditySeconds`. */
export function isUsable(cached: CachedToken, minValiditySeconds: number): boolean {
  const elapsed = elapsedMs(cached);
  return elapsed < cached.usableForMs && elapsed <= cached.expiresInMs - minValiditySeconds * 1000;
}

/** Puts the next refresh off: by 1 to 2 s after the first failure, doubled up to 30 s, and not less than asked. */
export function putOffRefresh(cached: CachedToken, leastSeconds = 0): void {
  cached.backoffMs = Math.min(30_000, cached.backoffMs * 2 || 1000 + Math.floor(Math.random() * 1000));
  cached.refreshAfterMs = elapsedMs(cached) + Math.max(cached.backoffMs, leastSeconds * 1000);
}
