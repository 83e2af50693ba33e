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
  return async (input, init) => {
    const url = new URL(input instanceof Request ? input.url : input, globalThis.location?.href);
    if (!trusted.has(url.origin)) return fetch(input, init);
    const options = { signal: init?.signal ?? (input instanceof Request ? input.signal : undefined) };
    const token = await client.getToken(audience, options);
    const response = await fetch(input, withToken(input, init, token));
    if (response.status !== 401) return response;
    // Of many that met the same 401 only the first drops the token; the others find its successor.
    if (client.peek(audience) === token) client.invalidate(audience);
    if (!isReplayable(input, init)) return response;
    await response.body?.cancel();
    return fetch(input, withToken(input, init, await client.getToken(audience, options)));
  };
}

function withToken(input: RequestInfo | URL, init: RequestInit | undefined, token: string): RequestInit {
  const headers = new Headers(init?.headers ?? (input instanceof Request ? input.headers : undefined));
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}

/** Whether the body, if there is one, can be sent a second time: a stream can't, and so can't a Request's. */
function isReplayable(input: RequestInfo | URL, init: RequestInit | undefined): boolean {
  const body = init?.body ?? (input instanceof Request ? input.body : undefined);
  return (
    !body || typeof body === 'string' || !(Symbol.asyncIterator in body || body instanceof ReadableStream)
  );
}
