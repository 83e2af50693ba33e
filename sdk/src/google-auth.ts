import { AuthClient, type GoogleAuth, type gaxios } from 'google-auth-library';
import type { CallerToken } from './caller-token.ts';
import type { TokenClient } from './client.ts';
import { now } from './clock.ts';
import { CountersignError, withoutSecrets } from './errors.ts';
import { receiveToken } from './received-token.ts';
import { canRepeat, redirectedRequest } from './redirected-request.ts';
import { createTokenCache } from './token-cache.ts';
import type { TokenRequest } from './token-request.ts';
import { parseTrustedOrigins } from './trusted-origins.ts';

/** How long to wait for google-auth-library. */
export interface GoogleAuthCallerTokenOptions {
  /** Milliseconds after which a fetch that hangs is given up; 10,000 where left out. */
  timeoutMs?: number | undefined;
}

/**
 * The caller's ID token through google-auth-library's default credentials, kept as the client keeps its own
 * tokens: the library itself fetches one anew for each client, and for each of many parallel calls.
 */
export function googleAuthCallerToken(
  auth: GoogleAuth,
  { timeoutMs = 10_000 }: GoogleAuthCallerTokenOptions = {},
): CallerToken {
  const cache = createTokenCache(10, timeoutMs, async (audience) => {
    const sent = now();
    const token = await fetchIdToken(auth, audience);
    return receiveToken({ token }, { status: 200, sent, serverTimeMs: Date.now() }, audience);
  });
  return async (audience, { signal }) => (await cache.obtain(audience, { signal })).token;
}

async function fetchIdToken(auth: GoogleAuth, audience: string): Promise<string> {
  try {
    const { idTokenProvider } = await auth.getIdTokenClient(audience);
    return await idTokenProvider.fetchIdToken(audience);
  } catch (cause) {
    const fault = withoutSecrets(cause).message;
    const message = `google-auth-library has none (${fault}). Outside of Google Cloud its credentials have to be a service account's: gcloud auth application-default login --impersonate-service-account=EMAIL`;
    throw new CountersignError('caller_token_unavailable', message, { cause });
  }
}

/** Where an auth client may send its token. */
export interface CountersignAuthClientOptions {
  /** Origins that the token may go to, in place of the audience's own, such as `https://storage.googleapis.com`. */
  origins?: readonly string[] | undefined;
}

/**
 * An AuthClient for google-auth-library, googleapis and the Cloud clients that authenticates with a token for
 * one audience, such as `{ aud: 'https://firestore.googleapis.com/', profile: 'google-api' }`. A 401 has the token
 * signed anew and the request sent once more. Requests to other origins pass without it. The Cloud clients take it as
 * `authClient`, googleapis as `auth: new GoogleAuth({ authClient })`.
 */
export class CountersignAuthClient extends AuthClient {
  readonly #client: TokenClient;
  readonly #audience: TokenRequest;
  readonly #origins: ReadonlySet<string>;

  /**
   * Throws a TypeError where the audience is no URL and no origin is listed, or an origin is neither https nor
   * loopback.
   */
  constructor(client: TokenClient, audience: TokenRequest, { origins }: CountersignAuthClientOptions = {}) {
    super();
    this.#client = client;
    this.#audience = audience;
    this.#origins = parseTrustedOrigins(origins, audience);
  }

  /** The token; google-auth-library calls whatever it authenticates with an access token. */
  async getAccessToken(): Promise<{ token: string }> {
    return { token: await this.#client.getToken(this.#audience) };
  }

  /** `Authorization` for a request to this URL; without one, for a request to the audience. */
  async getRequestHeaders(url?: string | URL): Promise<Headers> {
    if (url !== undefined && !this.#origins.has(new URL(url).origin)) return new Headers();
    return this.#authorization(undefined);
  }

  /** Sends the request, authenticated, and follows redirects. Rejects with the transporter's error. */
  async request<T>({ baseURL, ...options }: gaxios.GaxiosOptions): Promise<gaxios.GaxiosResponse<T>> {
    const url = new URL(options.url ?? '', baseURL);
    if (!this.#origins.has(url.origin)) return this.transporter.request<T>({ ...options, url });
    const { redirect = 'follow' } = options;
    // Left to the transporter, a redirect would take the token to a subdomain, or another port.
    const request = { ...options, url, redirect: redirect === 'follow' ? 'manual' : redirect };
    const sent = this.#authenticate<T>(request);
    const outcome = await sent.catch(Object);
    const next = redirectedRequest({ ...options, url, redirect }, outcome.response ?? outcome);
    return next ? this.request<T>(next) : sent;
  }

  async #authorization(signal: AbortSignal | undefined): Promise<Headers> {
    const token = await this.#client.getToken(this.#audience, signal && { signal });
    return new Headers({ authorization: `Bearer ${token}` });
  }

  async #authenticate<T>(options: gaxios.GaxiosOptions): Promise<gaxios.GaxiosResponse<T>> {
    const signal = options.signal ?? undefined;
    const headers = await this.#authorization(signal);
    const sent = this.transporter.request<T>(toSend(options, headers));
    const { status } = await sent.catch(Object);
    if (status !== 401) return sent;
    const token = headers.get('authorization')?.slice('Bearer '.length);
    if (this.#client.peek(this.#audience) === token) this.#client.invalidate(this.#audience);
    if (!canRepeat(options)) return sent;
    return this.transporter.request<T>(toSend(options, await this.#authorization(signal)));
  }
}

/** With these headers, and forms copied: of what failed, gaxios overwrites the members that it takes for secrets. */
function toSend(options: gaxios.GaxiosOptions, authentication: Headers): gaxios.GaxiosOptions {
  const { data, body } = options;
  const headers = new Headers(options.headers as HeadersInit | undefined);
  for (const [name, value] of authentication) headers.set(name, value);
  return {
    ...options,
    headers,
    ...(data && { data: copyForm(data) }),
    ...(body && { body: copyForm(body) }),
  };
}

function copyForm<Body>(body: Body): Body {
  if (body instanceof URLSearchParams) return new URLSearchParams(body) as Body;
  if (!(body instanceof FormData)) return body;
  const copy = new FormData();
  for (const [name, value] of body) copy.append(name, value as Blob);
  return copy as Body;
}
