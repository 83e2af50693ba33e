import type { TokenClient } from './client.ts';
import type { TokenRequest } from './token-request.ts';
import { parseTrustedOrigins } from './trusted-origins.ts';

/** Where a fetch may send its token, and how it sends. */
export interface CreateFetchOptions {
  /**
   * Origins that the token may go to, in place of the audience's own, such as `https://reports.example.com`: for an
   * audience that is no URL, such as IAP's client ID, or another than the API's.
   */
  origins?: readonly string[] | undefined;
  /** Sends the requests in place of the global fetch. */
  fetch?: typeof globalThis.fetch | undefined;
}

/**
 * A fetch that attaches the token for an audience as `Authorization: Bearer`, to the audience's origin alone;
 * requests to others pass without it. A 401 has the token signed anew and the request sent once more, unless
 * its body can be read only once. Throws a TypeError where the audience is no URL and no origin is listed, or
 * an origin is neither https nor loopback.
 */
export function createFetch(
  client: TokenClient,
  audience: TokenRequest,
  { origins, fetch = (...request) => globalThis.fetch(...request) }: CreateFetchOptions = {},
): typeof globalThis.fetch {
  const trusted = parseTrustedOrigins(origins, audience);
  const fetchWithToken: typeof globalThis.fetch = async (input, init) => {
    // A Request that stands for the options has them on its prototype, where no spread finds them.
    if (init instanceof Request) return fetchWithToken(new Request(input, init));
    const request = input instanceof Request ? input : undefined;
    const url = new URL(request?.url ?? (input as string | URL), globalThis.location?.href);
    if (!trusted.has(url.origin)) return fetch(input, init);
    // Read now: whoever asks may change a URL, or the options, while the token is on its way.
    const options = { ...init };
    const headers = new Headers(options.headers ?? request?.headers);
    const waiting = { signal: options.signal ?? request?.signal };
    const target = request ?? url.href;
    const send = (token: string) => {
      headers.set('authorization', `Bearer ${token}`);
      return fetch(target, { ...options, headers });
    };
    const token = await client.getToken(audience, waiting);
    const response = await send(token);
    if (response.status !== 401) return response;
    // Of many that met the same 401 only the first drops the token; the others find its successor.
    if (client.peek(audience) === token) client.invalidate(audience);
    if (!isReplayable(options.body ?? request?.body)) return response;
    response.body?.cancel().catch(() => {});
    return send(await client.getToken(audience, waiting));
  };
  return fetchWithToken;
}

/** Whether a body, if there is one, can be sent a second time: a stream can't, and so can't a Request's. */
function isReplayable(body: unknown): boolean {
  return !Object(body)[Symbol.asyncIterator] && !(body instanceof ReadableStream);
}
