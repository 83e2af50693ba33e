import { exchange } from './exchange.ts';
import { receiveToken } from './received-token.ts';
import { environment } from './service-url.ts';
import { createTokenCache } from './token-cache.ts';

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
  const cache = createTokenCache(1, timeoutMs, async (audience, { signal }) => {
    // Google's libraries take the variable with a scheme, too.
    const host = environment('GCE_METADATA_HOST')?.replace('http://', '') || 'metadata.google.internal';
    const path = '/computeMetadata/v1/instance/service-accounts/default/identity?format=full&audience=';
    const url = `http://${host}${path}${encodeURIComponent(audience)}`;
    const headers = { 'metadata-flavor': 'Google' };
    const answer = await exchange(fetch, url, { headers, signal } as RequestInit);
    const isGoogle = answer.headers.has('metadata-flavor');
    return receiveToken({ token: isGoogle ? answer.text.trim() : '' }, answer, audience);
  });
  return async (audience, { signal }) => (await cache.obtain(audience, { signal })).token;
}
