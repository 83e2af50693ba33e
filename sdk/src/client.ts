import type { CallerToken } from './caller-token.ts';
import type { TokenEvent } from './events.ts';
import type { Operation } from './generated/operations.ts';
import type { ClaimsSet } from './generated/types.ts';
import { decodeJwt } from './jwt.ts';
import type { Service } from './service.ts';
import { parseServiceUrl } from './service-url.ts';
import { createTokenCache, type ObtainOptions, type TokenCache } from './token-cache.ts';
import { isPlain, parseRequest, readKey, type TokenRequest } from './token-request.ts';

/** What a client is made with. All of it may be left out where COUNTERSIGN_URL is set. */
export interface TokenClientOptions {
  /** URL of the Countersign service, https or http on loopback; COUNTERSIGN_URL where left out. */
  url?: string | URL | undefined;
  /** Gives the caller's own Google ID token; the metadata server's where left out. */
  callerToken?: CallerToken | undefined;
  /** Audience of the caller's token, where it is not the service's URL. */
  callerAudience?: string | undefined;
  /** Milliseconds that one call may take, its at most 3 retries included; 10,000 where left out. */
  timeoutMs?: number | undefined;
  /** Tokens kept at most; 1,000 where left out. Past that the oldest that is out of use goes. */
  maxEntries?: number | undefined;
  /**
   * Called at each hit, refresh, stale answer and failure of the cache, while its caller waits: be quick. A promise is
   * not waited for; what it throws, or rejects with, is dropped.
   */
  onEvent?: ((event: TokenEvent) => void) | undefined;
  /** Sends the requests, also those to the metadata server, in place of the global fetch. */
  fetch?: typeof globalThis.fetch | undefined;
}

/** How one token is to be had. */
export interface GetTokenOptions {
  /** Frees this call alone: it rejects with the signal's reason, and others that wait for the same token do not. */
  signal?: AbortSignal | undefined;
  /**
   * Seconds that the token must still live at least; none where left out. A kept one that lives shorter is replaced;
   * where a new one does too, the call rejects with `invalid_response`.
   */
  minValiditySeconds?: number | undefined;
  /** Has a token signed anew, whatever is kept here or at the service. */
  forceRefresh?: boolean | undefined;
}

/** A token and what it says. */
export interface TokenDetails {
  /** The JWT, a compact JWS (RFC 7515 section 3.1). */
  readonly token: string;
  /** ID of the key that signed it. */
  readonly kid: string;
  /** Its JWT Claims Set (RFC 7519 section 4). */
  readonly claims: ClaimsSet;
  /** The `exp` claim: how long that is from now is as right as this machine's clock. */
  readonly expiresAt: Date;
}

/** Counts of a client's tokens, also of those that are never kept. What `call` does is not in them. */
export interface TokenClientStats {
  /** Tokens kept now. */
  readonly entries: number;
  /** Answers from the cache with a token before its refresh window. */
  readonly hits: number;
  /** Calls that had to wait for a token. */
  readonly misses: number;
  /** Tokens that came from the service. */
  readonly refreshes: number;
  /** Answers from the cache with a token in its refresh window. */
  readonly stale: number;
  /** Requests that brought no token; one with its retries counts once. */
  readonly failures: number;
}

/**
 * Gets tokens from a Countersign service and keeps them until shortly before they expire. Its state is that
 * cache; make one client and share it.
 */
export class TokenClient {
  readonly #connect: () => Promise<Service>;
  readonly #cache: TokenCache;

  /** Makes no request. Throws a TypeError where an option is not what it should be. */
  constructor(options: TokenClientOptions = {}) {
    const url = parseServiceUrl(options.url);
    const { timeoutMs = 10_000, maxEntries = 1000, callerAudience = url, callerToken, onEvent } = options;
    // The global one is looked up at each call: instrumentation replaces it.
    const { fetch = (...request) => globalThis.fetch(...request) } = options;
    const areFunctions = [fetch, callerToken ?? fetch, onEvent ?? fetch].every(
      (one) => typeof one === 'function',
    );
    // A timer that is set for longer fires at once.
    if (
      !areFunctions ||
      !(timeoutMs > 0 && timeoutMs < 2 ** 31 && maxEntries >= 1 && typeof timeoutMs === 'number')
    ) {
      throw new TypeError('fetch, callerToken, onEvent: functions; timeoutMs, maxEntries: positive');
    }
    let service: Service | undefined;
    this.#connect = async () => {
      // Loaded at each call anew: the runtime keeps it, and does not keep a failure, such as a want of file handles.
      const { connect } = await import('./service.ts');
      service ??= connect({ url, callerAudience, callerToken, timeoutMs, fetch });
      return service;
    };
    this.#cache = createTokenCache(
      maxEntries,
      timeoutMs,
      async (key, flight) => (await this.#connect()).fetchToken(key, flight),
      onEvent &&
        (async (event, key) => {
          try {
            await onEvent({ ...event, aud: readKey(key)[0] });
          } catch {}
        }),
    );
  }

  /**
   * The token for an audience, from the cache where it has one. Rejects with a CountersignError, with the
   * signal's reason, or with a TypeError where the request could never be one.
   */
  getToken(request: TokenRequest, options?: GetTokenOptions): Promise<string> {
    const kept = !options && isPlain(request) ? this.#cache.find(request) : undefined;
    return kept?.promise ?? this.#obtain(request, options);
  }

  /** As getToken, with what the token says. */
  async getTokenDetails(request: TokenRequest, options?: GetTokenOptions): Promise<TokenDetails> {
    const token = await this.getToken(request, options);
    const { header, claims } = decodeJwt<ClaimsSet>(token);
    return { token, kid: String(header.kid), claims, expiresAt: new Date(claims.exp * 1000) };
  }

  /** The kept token at once, or undefined; starts its refresh when that is due, and makes no request otherwise. */
  peek(request: TokenRequest): string | undefined {
    return this.#cache.find(isPlain(request) ? request : parseRequest(request)[0])?.token;
  }

  /**
   * Drops the token of this request, or every one that this key signed, or all. The next call for a dropped one
   * has it signed anew; an answer that is still under way is not kept.
   */
  invalidate(target?: TokenRequest | { kid: string }): void {
    const { kid } = Object(target);
    if (target !== undefined && !kid) this.#cache.invalidate(parseRequest(target as TokenRequest)[0]);
    else this.#cache.invalidateAll((token) => !kid || decodeJwt(token).header.kid === kid);
  }

  /** Counts since the client was made. */
  stats(): TokenClientStats {
    return this.#cache.stats();
  }

  /**
   * Calls any operation of the contract with the caller's token, within the client's deadline and retries.
   * Nothing is kept. Rejects as getToken does.
   */
  async call<Input, Output>(
    operation: Operation<Input, Output>,
    input: Input,
    options?: { signal?: AbortSignal | undefined },
  ): Promise<Output> {
    const body = JSON.stringify(input);
    return (await (await this.#connect()).call(operation, body, options))[0];
  }

  async #obtain(request: TokenRequest, options: ObtainOptions = {}): Promise<string> {
    const [key, isSingular] = parseRequest(request);
    return (await this.#cache.obtain(key, options, isSingular)).token;
  }
}
