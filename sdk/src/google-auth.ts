import { AuthClient, type GoogleAuth, type gaxios } from 'google-auth-library';
import type { CallerToken } from './caller-token.ts';
import type { TokenClient } from './client.ts';
import { now } from './clock.ts';
import { CountersignError, withoutSecrets } from './errors.ts';
import { receiveToken } from './received-token.ts';
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
    let error: unknown;
    const answer = await this.#authenticate<T>(request).catch((reason: unknown) => {
      error = reason;
    });
    const next = followed({ ...options, url, redirect }, answer ?? Object(error).response);
    if (next !== undefined) return this.request<T>(next);
    if (!answer) throw error;
    return answer;
  }

  async #authorization(signal: AbortSignal | undefined): Promise<Headers> {
    const token = await this.#client.getToken(this.#audience, signal && { signal });
    return new Headers({ authorization: `Bearer ${token}` });
  }

  async #authenticate<T>(options: gaxios.GaxiosOptions): Promise<gaxios.GaxiosResponse<T>> {
    const signal = options.signal ?? undefined;
    const headers = await this.#authorization(signal);
    try {
      return await this.transporter.request<T>(withHeaders(options, headers));
    } catch (error) {
      if (Object(error).status !== 401) throw error;
      const token = headers.get('authorization')?.slice('Bearer '.length);
      if (this.#client.peek(this.#audience) === token) this.#client.invalidate(this.#audience);
      if (isStream(options)) throw error;
      return this.transporter.request<T>(withHeaders(options, await this.#authorization(signal)));
    }
  }
}

/** The request that an answer redirects to (RFC 9110 section 15.4); undefined where it does not, or once too often. */
function followed(
  options: gaxios.GaxiosOptions & { url: URL },
  answer: gaxios.GaxiosResponse | undefined,
): gaxios.GaxiosOptions | undefined {
  const { status = 0, headers: answered } = answer ?? {};
  const location = answered?.get('location');
  const { follow = 20, method = 'GET', params: _, ...kept } = options;
  if (kept.redirect !== 'follow' || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  if (!location || follow < 1) return undefined;
  const url = new URL(location, options.url);
  const headers = new Headers(options.headers as HeadersInit | undefined);
  if (url.origin !== options.url.origin) for (const name of ['authorization', 'cookie']) headers.delete(name);
  const next = { ...kept, url, headers, method, follow: follow - 1 };
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST';
  if (!becomesGet) return isStream(options) ? undefined : next;
  const { data, body, multipart, ...bare } = next;
  return { ...bare, method: 'GET' };
}

/** Whether the body can be read only once. */
function isStream({ data, body, multipart = [] }: gaxios.GaxiosOptions): boolean {
  return [data ?? body, ...multipart.map(({ content }) => content)].some(
    (part) => typeof Object(part).pipe === 'function',
  );
}

function withHeaders(options: gaxios.GaxiosOptions, authentication: Headers): gaxios.GaxiosOptions {
  const headers = new Headers(options.headers as HeadersInit | undefined);
  for (const [name, value] of authentication) headers.set(name, value);
  return { ...options, headers };
}
