import type { TokenClient } from './client.ts';
import { isReplayable } from './is-replayable.ts';
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
    const request = input instanceof Request ? input : undefined;
    const url = new URL(request?.url ?? (input as string | URL), globalThis.location?.href);
    if (!trusted.has(url.origin)) return fetch(input, init);
    // Read now: whoever asks may change a URL, or the options, while the token is on its way.
    const options = readMembers(init);
    const headers = new Headers(options.headers ?? request?.headers);
    const waiting = { signal: options.signal ?? request?.signal };
    const target = request ?? url.href;
    const send = (token: string) => {
      headers.set('authorization', `Bearer ${token}`);
      return fetch(target, { ...options, headers });
    };
    const token = await client.getToken(audience, waiting);
    const response = await send(token);
    // One that a redirect led elsewhere went there without the token: its 401 says nothing of it.
    const isFromTrusted = !response.url || trusted.has(new URL(response.url).origin);
    if (response.status !== 401 || !isFromTrusted) return response;
    // Of many that met the same 401 only the first drops the token; the others find its successor.
    if (client.peek(audience) === token) client.invalidate(audience);
    if (!isReplayable(options.body ?? request?.body)) return response;
    response.body?.cancel().catch(() => {});
    return send(await client.getToken(audience, waiting));
  };
}

/** What fetch reads of its options, inherited members too: those of a class, or of a Request that stands for them. */
function readMembers(init: RequestInit = {}): RequestInit {
  const names = new Set<string>();
  for (let owner = init; owner && owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const name of Object.getOwnPropertyNames(owner)) names.add(name);
  }
  return Object.fromEntries([...names].map((name) => [name, init[name as keyof RequestInit]]));
}
