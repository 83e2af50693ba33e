import { parse } from 'tldts';

/**
 * The domain that one registers under a public suffix (https://publicsuffix.org, private ones such as run.app
 * included), or null where the host has none. Loaded lazily: the list is large.
 */
export function registrableDomain(host: string): string | null {
  return parse(host, { allowPrivateDomains: true }).domain;
}
