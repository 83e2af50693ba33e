import { abortable } from './abortable.ts';
import { elapsedSeconds } from './clock.ts';
import { CountersignError } from './errors.ts';
import type { ReceivedToken } from './received-token.ts';

interface Departure {
  /** The token must be signed anew, not reused by the service. */
  noCache: boolean;
  /** Nobody waits yet: a refresh ahead of need. It tries once, and again at a later call. */
  ahead: boolean;
  /** When to give up, by performance.now(). */
  readonly endsAt: number;
}

interface FetchOptions extends Departure {
  readonly signal?: AbortSignal | undefined;
}

/** One request under way for a key, and what aborts it. Whoever needs its token waits for its landing. */
interface Flight extends Departure, AbortController {
  /** Undefined where the key was invalidated under way: what came is neither kept nor handed out. */
  landing?: Promise<ReceivedToken | undefined>;
}

/** What happened to a token that was asked for. Never holds it. */
export type CacheEvent =
  /** Answered from the cache; `stale`: with a token in its refresh window. */
  | { readonly type: 'hit' | 'stale' }
  /** A token came, `durationMs` milliseconds after it was asked for, retries included; `reused`: it was signed earlier. */
  | {
      readonly type: 'refresh';
      readonly durationMs: number;
      readonly expiresInSeconds: number;
      readonly reused: boolean;
    }
  /** None came within `durationMs` milliseconds, retries included; callers may still be answered with a kept one. */
  | { readonly type: 'failure'; readonly durationMs: number; readonly error: CountersignError };

export interface ObtainOptions {
  readonly signal?: AbortSignal | undefined;
  readonly minValiditySeconds?: number | undefined;
  readonly forceRefresh?: boolean | undefined;
}

export type TokenCache = ReturnType<typeof createTokenCache>;

/**
 * Tokens by key, at most `maxEntries`, and at most one flight a key. No timers: what is due is done at the next
 * call, since on Cloud Run there is no CPU between requests.
 */
export function createTokenCache(
  maxEntries: number,
  timeoutMs: number,
  fetch: (key: string, options: FetchOptions) => Promise<ReceivedToken>,
  observe: (event: CacheEvent, key: string) => void = () => {},
) {
  const counts = { hits: 0, misses: 0, refreshes: 0, stale: 0, failures: 0 };
  const entries = new Map<string, ReceivedToken>();
  const flights = new Map<string, Flight>();
  /** Keys whose next token must be signed anew: the service may have kept the dead one for reuse. */
  const invalidated = new Set<string>();

  /** The kept token, if it may still be handed out; starts its refresh when that is due. */
  function find(key: string, minValiditySeconds = 0): ReceivedToken | undefined {
    const kept = entries.get(key);
    if (!kept) return undefined;
    const elapsed = elapsedSeconds(kept);
    if (!isUsable(kept, minValiditySeconds, elapsed)) return undefined;
    kept.used = true;
    const isDue = elapsed >= kept.refreshAfterSeconds;
    const isStale = isDue || kept.backoffSeconds;
    counts[isStale ? 'stale' : 'hits']++;
    observe({ type: isStale ? 'stale' : 'hit' }, key);
    if (isDue && !flights.has(key))
      board(key, { noCache: false, ahead: true, endsAt: performance.now() + timeoutMs });
    return kept;
  }

  /**
   * A token that lives for `minValiditySeconds` at least, from the cache or from the one flight for its key. An
   * aborted signal frees this caller alone. One that `isSingular` is never kept, and its request is no other's.
   */
  async function obtain(key: string, options: ObtainOptions, isSingular = false): Promise<ReceivedToken> {
    const { signal, minValiditySeconds = 0, forceRefresh: noCache = false } = options;
    if (!(minValiditySeconds >= 0)) throw new TypeError('minValiditySeconds: positive');
    signal?.throwIfAborted();
    const kept = !noCache && find(key, minValiditySeconds);
    if (kept) return kept;
    counts.misses++;
    const departure = { noCache, ahead: false, endsAt: performance.now() + timeoutMs };
    for (;;) {
      const landing = isSingular ? land(key, { ...departure, signal }) : board(key, departure);
      const landed = await abortable(landing, signal);
      if (!landed) continue;
      if (isUsable(landed, minValiditySeconds)) return landed;
      if (departure.noCache || !landed.reused) {
        throw new CountersignError('invalid_response', 'The token lives too short');
      }
      departure.noCache = true;
    }
  }

  /** Drops the key's token, also one under way: a late answer does not bring a dead token back. */
  function invalidate(key: string): void {
    entries.delete(key);
    distrust(key);
  }

  /** Drops every token that is dead, and all under way, of which nobody knows yet. */
  function invalidateAll(isDead: (token: string) => boolean): void {
    for (const [key, { token }] of entries) if (isDead(token)) invalidate(key);
    for (const key of flights.keys()) distrust(key);
  }

  function distrust(key: string): void {
    cancel(key);
    invalidated.delete(key);
    const [oldest] = invalidated.add(key);
    if (invalidated.size > maxEntries) invalidated.delete(oldest as string);
  }

  /** The landing of the flight under way, or of a new one where there is none that will do. */
  function board(key: string, departure: Departure) {
    let flight = flights.get(key);
    // One past its end was frozen between two requests: its connection is dead. Who was frozen along replaces none that
    // ends later, or two of them would replace each other for ever.
    if (
      !flight ||
      flight.noCache < departure.noCache ||
      flight.endsAt < Math.min(performance.now(), departure.endsAt)
    ) {
      cancel(key);
      const noCache = departure.noCache || flight?.noCache || invalidated.has(key);
      flight = Object.assign(new AbortController(), departure, { noCache });
      flights.set(key, flight);
      flight.landing = land(key, flight);
      flight.landing.catch(() => {});
    }
    flight.ahead &&= departure.ahead;
    return flight.landing as Promise<ReceivedToken | undefined>;
  }

  async function land(key: string, flight: FetchOptions): Promise<ReceivedToken | undefined> {
    const departed = performance.now();
    let landed: ReceivedToken | undefined;
    let failure: CountersignError | undefined;
    try {
      landed = await fetch(key, flight);
    } catch (error) {
      failure = error as CountersignError;
    }
    if (flight.signal?.aborted) return undefined;
    const isFlight = flights.delete(key);
    if (!landed || !isUsable(landed)) putOffRefresh(key, failure?.retryAfterSeconds);
    else if (isFlight) keep(key, landed);
    const durationMs = performance.now() - departed;
    if (landed) {
      counts.refreshes++;
      const { expiresInSeconds, reused } = landed;
      observe({ type: 'refresh', durationMs, expiresInSeconds, reused }, key);
      return landed;
    }
    counts.failures++;
    observe({ type: 'failure', durationMs, error: failure as CountersignError }, key);
    throw failure;
  }

  function cancel(key: string): void {
    flights.get(key)?.abort();
    flights.delete(key);
  }

  /** By 1 to 2 s after the first failure, doubled up to 30 s, and not less than asked. */
  function putOffRefresh(key: string, leastSeconds = 0): void {
    const kept = entries.get(key);
    if (!kept) return;
    const elapsed = elapsedSeconds(kept);
    // Before its window nothing was due: what failed was a wish of the caller's.
    if (elapsed < kept.refreshAfterSeconds) return;
    kept.backoffSeconds = Math.min(30, kept.backoffSeconds * 2 || 1 + Math.random());
    kept.refreshAfterSeconds = elapsed + Math.max(kept.backoffSeconds, leastSeconds);
  }

  /** Makes room by second chance: the oldest that was not handed out since the last look goes. */
  function keep(key: string, token: ReceivedToken): void {
    invalidated.delete(key);
    entries.delete(key);
    for (const [oldest, entry] of entries) {
      if (entries.size < maxEntries) break;
      entries.delete(oldest);
      if (entry.used) entries.set(oldest, entry);
      entry.used = false;
    }
    entries.set(key, token);
  }

  return { find, obtain, invalidate, invalidateAll, stats: () => ({ entries: entries.size, ...counts }) };
}

/** Whether it may be handed out to one who needs it for `minValiditySeconds`. */
function isUsable(token: ReceivedToken, minValiditySeconds = 0, elapsed = elapsedSeconds(token)): boolean {
  return elapsed + Math.max(token.marginSeconds, minValiditySeconds) < token.expiresInSeconds;
}
