import { abortable } from './abortable.ts';
import {
  type CachedToken,
  type FetchedToken,
  isUsable,
  putOffRefresh,
  toCachedToken,
} from './cached-token.ts';
import { elapsedMs, type Instant, now } from './clock.ts';
import { CountersignError } from './errors.ts';

export interface FetchContext {
  readonly signal: AbortSignal;
  readonly timeoutMs: number;
  /** The token must be signed anew, not reused by the service. */
  readonly noCache: boolean;
  /** Whether somebody waits: a refresh ahead of need tries once, and again at a later call. */
  readonly mayRetry: () => boolean;
}

export interface TokenCacheOptions<Request> {
  readonly fetch: (request: Request, context: FetchContext) => Promise<FetchedToken>;
  readonly maxEntries: number;
  readonly timeoutMs: number;
  readonly observe?: ((event: CacheEvent, request: Request) => void) | undefined;
}

export type CacheEvent =
  | { readonly type: 'hit' | 'stale' }
  | {
      readonly type: 'refresh';
      readonly durationMs: number;
      readonly expiresInSeconds: number;
      readonly reused: boolean;
    }
  | { readonly type: 'failure'; readonly durationMs: number; readonly error: CountersignError };

export interface ObtainOptions {
  readonly signal?: AbortSignal | undefined;
  readonly minValiditySeconds?: number | undefined;
  readonly forceRefresh?: boolean | undefined;
}

/** One request under way for a key. Whoever needs its token waits for its landing. */
interface Flight {
  readonly departed: Instant;
  readonly noCache: boolean;
  readonly abort: AbortController;
  landing: Promise<CachedToken>;
  awaited: boolean;
  /** Dropped under way: what it brings is neither kept nor handed out. */
  superseded: boolean;
}

const hit = { type: 'hit' } as const;
const stale = { type: 'stale' } as const;
const pending = new Promise<never>(() => {});

/**
 * Tokens by key, at most `maxEntries`, and at most one flight a key. No timers: what is due is done at the next
 * call, since on Cloud Run there is no CPU between requests.
 */
export class TokenCache<Request> {
  readonly counts = { hits: 0, misses: 0, refreshes: 0, stale: 0, failures: 0 };
  readonly #options: TokenCacheOptions<Request>;
  readonly #entries = new Map<string, CachedToken>();
  readonly #flights = new Map<string, Flight>();
  /** Keys whose next token must be signed anew: the service may have kept the dead one for reuse. */
  readonly #invalidated = new Set<string>();
  /** Its own for each client, so that a fleet started at once does not refresh at once. */
  readonly #refreshPoint = 0.5 + 0.3 * Math.random();

  constructor(options: TokenCacheOptions<Request>) {
    this.#options = options;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The kept token, if it may still be handed out; starts its refresh when that is due. */
  find(key: string, request: Request): CachedToken | undefined {
    const cached = this.#entries.get(key);
    if (cached === undefined) return undefined;
    const elapsed = elapsedMs(cached);
    if (elapsed < cached.refreshAfterMs && cached.backoffMs === 0) {
      this.counts.hits++;
      this.#options.observe?.(hit, request);
    } else if (elapsed < cached.usableForMs) {
      this.counts.stale++;
      this.#options.observe?.(stale, request);
      if (elapsed >= cached.refreshAfterMs && !this.#flights.has(key)) this.#depart(key, request);
    } else {
      return undefined;
    }
    cached.used = true;
    return cached;
  }

  /**
   * A token that lives for `minValiditySeconds` at least, from the cache or from the one flight for its key. An
   * aborted signal frees this caller alone.
   */
  async obtain(key: string, request: Request, options: ObtainOptions): Promise<CachedToken> {
    const { signal, minValiditySeconds = 0, forceRefresh } = options;
    signal?.throwIfAborted();
    const kept = this.#entries.get(key);
    const cached = kept && !forceRefresh && isUsable(kept, minValiditySeconds) && this.find(key, request);
    if (cached) return cached;
    this.counts.misses++;
    const called = performance.now();
    let noCache = forceRefresh === true;
    for (;;) {
      const flight = this.#board(key, request, noCache, called);
      try {
        const landed = await abortable(flight.landing, signal);
        if (flight.superseded) continue;
        if (isUsable(landed, minValiditySeconds)) return landed;
        if (!landed.reused || noCache) break;
        noCache = true;
      } catch (error) {
        signal?.throwIfAborted();
        if (!flight.superseded) throw error;
      }
    }
    throw new CountersignError('invalid_response', 'The token that came is too short-lived to hand out');
  }

  /** Drops the key's token, also one under way: a late answer does not bring a dead token back. */
  invalidate(key: string): void {
    this.#entries.delete(key);
    this.#invalidated.add(key);
    const [oldest = key] = this.#invalidated;
    if (this.#invalidated.size > this.#options.maxEntries) this.#invalidated.delete(oldest);
    this.#supersede(key);
  }

  /** Drops every token that is dead, and all under way, of which nobody knows yet. */
  invalidateAll(isDead: (token: string) => boolean): void {
    for (const [key, { token }] of [...this.#entries]) if (isDead(token)) this.invalidate(key);
    for (const key of [...this.#flights.keys()]) this.invalidate(key);
  }

  /** The flight under way that serves, or a new one within what is left of the call's time. */
  #board(key: string, request: Request, noCache: boolean, called: number): Flight {
    const flight = this.#flights.get(key);
    const { timeoutMs } = this.#options;
    // One that is overdue was frozen between requests, or slept: its connection is dead.
    if (flight && (flight.noCache || !noCache) && elapsedMs(flight.departed) < timeoutMs) {
      flight.awaited = true;
      return flight;
    }
    this.#supersede(key);
    const leftMs = Math.max(0, called + timeoutMs - performance.now());
    return this.#depart(key, request, { noCache, awaited: true, timeoutMs: leftMs });
  }

  #depart(
    key: string,
    request: Request,
    { noCache = false, awaited = false, timeoutMs = this.#options.timeoutMs } = {},
  ) {
    const flight: Flight = {
      departed: now(),
      noCache: noCache || this.#invalidated.has(key),
      awaited,
      superseded: false,
      abort: new AbortController(),
      landing: pending,
    };
    this.#flights.set(key, flight);
    flight.landing = this.#fly(key, request, flight, timeoutMs);
    flight.landing.catch(() => {});
    return flight;
  }

  async #fly(key: string, request: Request, flight: Flight, timeoutMs: number): Promise<CachedToken> {
    const { noCache, abort, departed } = flight;
    const { fetch, observe } = this.#options;
    const context = { signal: abort.signal, timeoutMs, noCache, mayRetry: () => flight.awaited };
    try {
      const fetched = await fetch(request, context);
      const { expiresInSeconds, reused } = fetched;
      const cached = toCachedToken(fetched, this.#refreshPoint);
      if (!flight.superseded) {
        if (isUsable(cached, 0)) this.#keep(key, cached);
        else this.#putOff(key);
        this.counts.refreshes++;
        const durationMs = performance.now() - departed.mono;
        observe?.({ type: 'refresh', durationMs, expiresInSeconds, reused }, request);
      }
      return cached;
    } catch (cause) {
      const error = cause as CountersignError;
      if (!flight.superseded) {
        this.#putOff(key, error.retryAfterSeconds);
        this.counts.failures++;
        observe?.({ type: 'failure', durationMs: performance.now() - departed.mono, error }, request);
      }
      throw error;
    } finally {
      if (this.#flights.get(key) === flight) this.#flights.delete(key);
    }
  }

  #putOff(key: string, leastSeconds?: number): void {
    const cached = this.#entries.get(key);
    if (cached) putOffRefresh(cached, leastSeconds);
  }

  /** Makes room by second chance: the oldest that was not handed out since the last look goes. */
  #keep(key: string, cached: CachedToken): void {
    this.#invalidated.delete(key);
    this.#entries.delete(key);
    for (const [oldest, entry] of this.#entries) {
      if (this.#entries.size < this.#options.maxEntries) break;
      this.#entries.delete(oldest);
      if (entry.used) this.#entries.set(oldest, entry);
      entry.used = false;
    }
    this.#entries.set(key, cached);
  }

  #supersede(key: string): void {
    const flight = this.#flights.get(key);
    if (!flight) return;
    flight.superseded = true;
    flight.abort.abort();
    this.#flights.delete(key);
  }
}
