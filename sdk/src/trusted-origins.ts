import { isSafeForTokens } from './service-url.ts';
import type { TokenRequest } from './token-request.ts';

/**
 * The origins that a token may go to: those listed, else the audience's own. Throws a TypeError where one is
 * neither https nor http on loopback, which an audience that is no URL is not.
 */
export function parseTrustedOrigins(
  origins: readonly string[] | undefined,
  audience: TokenRequest,
): ReadonlySet<string> {
  const urls = origins ?? [typeof audience === 'string' ? audience : Object(audience).aud].flat();
  const parsed = urls.map((text) => {
    const url = URL.parse(text);
    if (!url || !isSafeForTokens(url)) {
      const found = url ? `${url.protocol}//${url.host}` : text;
      throw new TypeError(
        `A token goes to https origins, or http on loopback, alone, and ${found} is none. List where it may go in origins, such as https://reports.example.com.`,
      );
    }
    return url.origin;
  });
  return new Set(parsed);
}
