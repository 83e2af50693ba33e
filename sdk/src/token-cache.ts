import { abortable } from './abortable.ts';
import {
  type CachedToken,
  type FetchedToken,
  isUsable,
  putOffRefresh,
  toCachedToken,
} from './cached-token.ts';
import { elapsedMs } from './clock.ts';
import { CountersignError } from './errors.ts';

/** One request under way for a key. Whoever needs its token waits for its landing. */
export interface Flight {
  readonly signal: AbortSignal;
  readonly endsAt: number;
  /** The token must be signed anew, not reused by the service. */
  readonly noCache: boolean;
  /** Nobody waits yet: a refresh ahead of need. It tries once, and again at a later call. */
  ahead: boolean;
}

interface FlightUnderWay extends Flight {
  readonly abort: () => void;
  /** Undefined where the key was invalidated under way: what came is neither kept nor handed out. */
  landing: Promise<CachedToken | undefined>;
}

/** What happened to a token that was asked for. Never holds it. */
export type CacheEvent =
  /** Answered from the cache; `stale`: with a token in its refresh window. */
  | { readonly type: 'hit' | 'stale' }
  /** A token came, within `durationMs`. */
  | {
      readonly type: 'refresh';
      readonly durationMs: number;
      readonly expiresInSeconds: number;
      readonly reused: boolean;
    }
  /** None came; callers may still be answered with a kept one. */
  | { readonly type: 'failure'; readonly durationMs: number; readonly error: CountersignError };

export interface ObtainOptions {
  readonly signal?: AbortSignal | undefined;
  readonly minValiditySeconds?: number | undefined;
  readonly forceRefresh?: boolean | undefined;
}

const hit = { type: 'hit' } as const;
const stale = { type: 'stale' } as const;

/**
 * Tokens by key, at most `maxEntries`, and at most one flight a key. No timers: what is due is done at the next
 * call, since on Cloud Run there is no CPU between requests.
 */
export class TokenCache<Request> {
  readonly counts = { hits: 0, misses: 0, refreshes: 0, stale: 0, failures: 0 };
  readonly entries = new Map<string, CachedToken>();
  readonly #flights = new Map<string, FlightUnderWay>();
  /** Keys whose next token must be signed anew: the service may have kept the dead one for reuse. */
  readonly #invalidated = new Set<string>();
  /** Its own for each client, so that a fleet started at once does not refresh at once. */
  readonly #refreshPoint = 0.5 + 0.3 * Math.random();
  readonly #maxEntries: number;
  readonly #timeoutMs: number;
  readonly #fetch: (request: Request, flight: Flight) => Promise<FetchedToken>;
  readonly #observe: ((event: CacheEvent, request: Request) => void) | undefined;

  constructor(
    maxEntries: number,
    timeoutMs: number,
    fetch: (request: Request, flight: Flight) => Promise<FetchedToken>,
    observe?: (event: CacheEvent, request: Request) => void,
  ) {
    this.#maxEntries = maxEntries;
    this.#timeoutMs = timeoutMs;
    this.#fetch = fetch;
    this.#observe = observe;
  }

  /** The kept token, if it may still be handed out; starts its refresh when that is due. */
  find(key: string, request: Request): CachedToken | undefined {
    const cached = this.entries.get(key);
    if (cached === undefined) return undefined;
    const elapsed = elapsedMs(cached);
    if (elapsed >= cached.usableForMs) return undefined;
    cached.used = true;
    if (elapsed < cached.refreshAfterMs && cached.backoffMs === 0) {
      this.counts.hits++;
      this.#observe?.(hit, request);
    } else {
      this.counts.stale++;
      this.#observe?.(stale, request);
      if (elapsed >= cached.refreshAfterMs && !this.#flights.has(key))
        this.#depart(key, request, { ahead: true });
    }
    return cached;
  }

  /**
   * A token that lives for `minValiditySeconds` at least, from the cache or from the one flight for its key. An
   * aborted signal frees this caller alone.
   */
  async obtain(key: string, request: Request, options: ObtainOptions): Promise<CachedToken> {
    const { signal, minValiditySeconds = 0, forceRefresh: noCache = false } = options;
    signal?.throwIfAborted();
    const kept = this.entries.get(key);
    const cached = !noCache && kept && isUsable(kept, minValiditySeconds) && this.find(key, request);
    if (cached) return cached;
    this.counts.misses++;
    const departure = { noCache, endsAt: performance.now() + this.#timeoutMs };
    for (;;) {
      const landed = await abortable(this.#board(key, request, departure), signal);
      if (!landed) continue;
      if (isUsable(landed, minValiditySeconds)) return landed;
      if (departure.noCache || !landed.reused) {
        throw new CountersignError('invalid_response', 'The token lives too short');
      }
      departure.noCache = true;
    }
  }

  /** Drops the key's token, also one under way: a late answer does not bring a dead token back. */
  invalidate(key: string): void {
    this.entries.delete(key);
    if (this.#invalidated.size < this.#maxEntries) this.#invalidated.add(key);
    this.#cancel(key);
  }

  /** Drops every token that is dead, and all under way, of which nobody knows yet. */
  invalidateAll(isDead: (token: string) => boolean): void {
    for (const [key, { token }] of [...this.entries]) if (isDead(token)) this.invalidate(key);
    for (const key of [...this.#flights.keys()]) this.invalidate(key);
  }

  #board(key: string, request: Request, departure: { noCache: boolean; endsAt: number }) {
    const flight = this.#flights.get(key);
    // One past its end was frozen between two requests: its connection is dead.
    if (flight && flight.noCache >= departure.noCache && performance.now() < flight.endsAt) {
      flight.ahead = false;
      return flight.landing;
    }
    this.#cancel(key);
    return this.#depart(key, request, departure);
  }

  #depart(
    key: string,
    request: Request,
    { noCache = false, ahead = false, endsAt = performance.now() + this.#timeoutMs },
  ): Promise<CachedToken | undefined> {
    const departed = performance.now();
    const controller = new AbortController();
    const flight = {
      ahead,
      endsAt,
      noCache: noCache || this.#invalidated.has(key),
      signal: controller.signal,
      abort: () => controller.abort(),
    } as FlightUnderWay;
    flight.landing = this.#fetch(request, flight).then(
      (fetched) => {
        if (this.#flights.get(key) !== flight) return undefined;
        this.#flights.delete(key);
        const cached = toCachedToken(fetched, this.#refreshPoint);
        if (isUsable(cached, 0)) this.#keep(key, cached);
        else this.#putOff(key);
        this.counts.refreshes++;
        const { expiresInSeconds, reused } = fetched;
        this.#observe?.(
          { type: 'refresh', durationMs: performance.now() - departed, expiresInSeconds, reused },
          request,
        );
        return cached;
      },
      (error) => {
        if (this.#flights.get(key) !== flight) return undefined;
        this.#flights.delete(key);
        this.#putOff(key, error.retryAfterSeconds);
        this.counts.failures++;
        this.#observe?.({ type: 'failure', durationMs: performance.now() - departed, error }, request);
        throw error;
      },
    );
    flight.landing.catch(() => {});
    this.#flights.set(key, flight);
    return flight.landing;
  }

  #putOff(key: string, leastSeconds?: number): void {
    const cached = this.entries.get(key);
    if (cached) putOffRefresh(cached, leastSeconds);
  }

  /** Makes room by second chance: the oldest that was not handed out since the last look goes. */
  #keep(key: string, cached: CachedToken): void {
    this.#invalidated.delete(key);
    this.entries.delete(key);
    for (const [oldest, entry] of this.entries) {
      if (this.entries.size < this.#maxEntries) break;
      this.entries.delete(oldest);
      if (entry.used) this.entries.set(oldest, entry);
      entry.used = false;
    }
    this.entries.set(key, cached);
  }

  #cancel(key: string): void {
    this.#flights.get(key)?.abort();
    this.#flights.delete(key);
  }
}
