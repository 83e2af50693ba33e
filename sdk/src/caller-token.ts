import { CountersignError } from './errors.ts';
import { exchange } from './exchange.ts';
import { receiveToken } from './received-token.ts';
import { environment } from './service-url.ts';
import { TokenCache } from './token-cache.ts';

/**
 * Gives the caller's own Google ID token for an audience, the service's URL. It is asked for each request that
 * is sent, so it should cache; `signal` aborts at the call's deadline.
 */
export type CallerToken = (audience: string, context: { signal: AbortSignal }) => Promise<string>;

/**
 * The ID token that the metadata server of Google Cloud (or GCE_METADATA_HOST) gives, kept as the client keeps
 * its own tokens.
 */
export function metadataCallerToken(fetch: typeof globalThis.fetch, timeoutMs: number): CallerToken {
  const cache = new TokenCache<string>(1, timeoutMs, async (audience, { signal }) => {
    const host = environment('GCE_METADATA_HOST') ?? 'metadata.google.internal';
    const query = new URLSearchParams({ audience, format: 'full' });
    const url = `http://${host}/computeMetadata/v1/instance/service-accounts/default/identity?${query}`;
    const answer = await exchange(fetch, url, {
      headers: { 'metadata-flavor': 'Google' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const { status, ok, headers, text } = answer;
    if (ok && headers.get('metadata-flavor')) return receiveToken({ token: text.trim() }, answer, audience);
    throw new CountersignError('caller_token_unavailable', `${host} answered ${status}`, { status });
  });
  return async (audience, { signal }) => (await cache.obtain(audience, audience, { signal })).token;
}
