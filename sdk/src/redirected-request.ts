import type { gaxios } from 'google-auth-library';
import { isReplayable } from './is-replayable.ts';

/** Headers of these names speak of a body (RFC 9110 section 8), and must not of none. */
const bodyHeaders = ['encoding', 'language', 'length', 'location', 'type'].map((name) => `content-${name}`);

/** The request that an answer redirects to (RFC 9110 section 15.4); undefined where it does not, or once too often. */
export function redirectedRequest(
  options: gaxios.GaxiosOptions & { url: URL },
  answer: gaxios.GaxiosResponse | undefined,
): gaxios.GaxiosOptions | undefined {
  const { status = 0, headers: answered, url: answering } = answer ?? {};
  const location = answered?.get('location');
  const { maxRedirects, follow = 20, method: asked = 'GET', params: _, ...kept } = options;
  const left = maxRedirects ?? follow;
  const url = typeof location === 'string' && URL.parse(location, answering || options.url);
  if (kept.redirect !== 'follow' || ![301, 302, 303, 307, 308].includes(status)) return undefined;
  // A runtime may fetch more than HTTP, such as files.
  if (!url || !/^https?:$/.test(url.protocol) || left < 1) return undefined;
  const method = asked.toUpperCase() as typeof asked;
  const headers = new Headers(options.headers as HeadersInit | undefined);
  if (url.origin !== options.url.origin) for (const name of ['authorization', 'cookie']) headers.delete(name);
  const next = { ...kept, url, headers, method, follow: left - 1 };
  const becomesGet = status === 303 ? method !== 'HEAD' : status < 303 && method === 'POST';
  if (!becomesGet) return canRepeat(options) ? next : undefined;
  for (const name of bodyHeaders) headers.delete(name);
  const { data, body, multipart, ...bare } = next;
  return { ...bare, method: 'GET' };
}

/** Whether the request can be sent a second time. */
export function canRepeat({ data, body, multipart = [] }: gaxios.GaxiosOptions): boolean {
  return [data ?? body, ...multipart.map(({ content }) => content)].every(isReplayable);
}
