import { type CallerToken, metadataCallerToken } from './caller-token.ts';
import type { TokenEvent } from './events.ts';
import { createIdToken, createToken, type Operation } from './generated/operations.ts';
import type { ClaimsSet } from './generated/types.ts';
import { decodeJwt } from './jwt.ts';
import { receiveToken } from './received-token.ts';
import { parseServiceUrl } from './service-url.ts';
import { type CacheEvent, type ObtainOptions, TokenCache } from './token-cache.ts';
import { isPlain, isSingular, type JwtRequest, keyOf, type TokenRequest } from './token-request.ts';
import { type CallOptions, createTransport, type Transport } from './transport.ts';

export interface TokenClientOptions {
  /** URL of the Countersign service, https or http on loopback; COUNTERSIGN_URL where left out. */
  url?: string | URL;
  /** Gives the caller's own Google ID token; the metadata server's where left out. */
  callerToken?: CallerToken;
  /** Audience of the caller's token, where it is not the service's URL. */
  callerAudience?: string;
  /** Milliseconds that one call may take, retries included; 10,000 where left out. */
  timeoutMs?: number;
  /** Tokens kept at most; 1,000 where left out. */
  maxEntries?: number;
  /** Called at each hit, refresh, stale answer and failure; what it throws is dropped. */
  onEvent?: (event: TokenEvent) => void;
  /** Sends the requests in place of the global fetch. */
  fetch?: typeof globalThis.fetch;
}

export interface GetTokenOptions {
  /** Frees this call alone: it rejects with the signal's reason, and others that wait for the same token do not. */
  signal?: AbortSignal;
  /** Seconds that the token must still live at least. */
  minValiditySeconds?: number;
  /** Has a token signed anew, whatever is kept here or at the service. */
  forceRefresh?: boolean;
}

export interface TokenDetails {
  readonly token: string;
  /** ID of the key that signed it. */
  readonly kid: string;
  readonly claims: ClaimsSet;
  /** The `exp` claim. */
  readonly expiresAt: Date;
}

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
  /** Requests, retries included, that brought no token. */
  readonly failures: number;
}

/**
 * Gets tokens from a Countersign service and keeps them until shortly before they expire. Its state is that
 * cache; make one client and share it. Throws a TypeError where an option is not what it should be.
 */
export class TokenClient {
  readonly #call: Transport;
  readonly #cache: TokenCache<TokenRequest>;

  constructor(options: TokenClientOptions = {}) {
    const url = parseServiceUrl(options.url);
    const { timeoutMs = 10_000, maxEntries = 1000, callerAudience = url, onEvent } = options;
    // The global one is looked up at each call: instrumentation replaces it.
    const { fetch = (...request) => globalThis.fetch(...request) } = options;
    const { callerToken = metadataCallerToken(fetch, timeoutMs) } = options;
    if (!(timeoutMs > 0 && maxEntries >= 1))
      throw new TypeError('timeoutMs and maxEntries must be positive numbers');
    for (const option of [fetch, callerToken, onEvent ?? fetch]) {
      if (typeof option !== 'function')
        throw new TypeError('fetch, callerToken and onEvent must be functions');
    }
    this.#call = createTransport({ url, callerAudience, callerToken, timeoutMs, fetch });
    this.#cache = new TokenCache<TokenRequest>({
      maxEntries,
      timeoutMs,
      fetch: (request, context) => this.#fetch(request, context),
      observe: onEvent && ((event, request) => report(onEvent, event, request)),
    });
  }

  /**
   * The token for an audience, from the cache where it has one. Rejects with a CountersignError, with the
   * signal's reason, or with a TypeError where the request could never be one.
   */
  getToken(request: TokenRequest, options?: GetTokenOptions): Promise<string> {
    if (options === undefined && isPlain(request)) {
      const cached = this.#cache.find(request, request);
      if (cached !== undefined) return cached.promise;
    }
    return this.#obtain(request, options ?? {});
  }

  /** As getToken, with what the token says. */
  async getTokenDetails(request: TokenRequest, options?: GetTokenOptions): Promise<TokenDetails> {
    const token = await this.getToken(request, options);
    const { header, claims } = decodeJwt(token);
    const set = claims as ClaimsSet;
    return { token, kid: String(header.kid), claims: set, expiresAt: new Date(set.exp * 1000) };
  }

  /** The kept token at once, or undefined; starts its refresh when that is due, and makes no request otherwise. */
  peek(request: TokenRequest): string | undefined {
    return this.#cache.find(keyOf(request), request)?.token;
  }

  /**
   * Drops the token of this request, or every one that this key signed, or all. The next call for a dropped one
   * has it signed anew; an answer that is still under way is not kept.
   */
  invalidate(target?: TokenRequest | { kid: string }): void {
    if (target === undefined) this.#cache.invalidateAll(() => true);
    else if (typeof target === 'object' && 'kid' in target) {
      this.#cache.invalidateAll((token) => decodeJwt(token).header.kid === target.kid);
    } else this.#cache.invalidate(keyOf(target));
  }

  /** Counts since the client was made. */
  stats(): TokenClientStats {
    return { entries: this.#cache.size, ...this.#cache.counts };
  }

  /**
   * Calls any operation of the contract with the caller's token, within the client's deadline and retries.
   * Nothing is kept. Rejects as getToken does.
   */
  async call<Input, Output>(
    operation: Operation<Input, Output>,
    input: Input,
    { signal }: { signal?: AbortSignal } = {},
  ): Promise<Output> {
    return (await this.#call(operation, input, { signal })).body;
  }

  async #obtain(request: TokenRequest, options: ObtainOptions): Promise<string> {
    const key = keyOf(request);
    return (
      await (isSingular(request) ? this.#fetch(request, options) : this.#cache.obtain(key, request, options))
    ).token;
  }

  async #fetch(request: TokenRequest, options: CallOptions) {
    const { kind, aud, ...rest } = typeof request === 'string' ? { kind: undefined, aud: request } : request;
    if (kind === 'id_token')
      return receiveToken(await this.#call(createIdToken, { aud, ...rest }, options), aud);
    const { claims, ...input } = rest as JwtRequest;
    return receiveToken(
      await this.#call(
        createToken,
        { ...input, claims: { ...claims, aud: aud as string | string[] } },
        options,
      ),
      aud,
    );
  }
}

function report(onEvent: (event: TokenEvent) => void, event: CacheEvent, request: TokenRequest): void {
  try {
    onEvent({ ...event, aud: typeof request === 'string' ? request : request.aud });
  } catch {}
}
