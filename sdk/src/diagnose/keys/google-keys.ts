import { fetchJwks } from './fetch-jwks.ts';
import type { JwkSet } from './jwk.ts';
import { KeysUnavailable } from './key-input.ts';

const serviceAccount = /^[a-z0-9][a-z0-9._-]*@[a-z0-9][a-z0-9.-]*\.gserviceaccount\.com$/;

/** The issuers of Google's own tokens and the fixed addresses of their public keys. */
const googleIssuers: readonly (readonly [RegExp, string])[] = [
  [/^(https:\/\/)?accounts\.google\.com$/, 'https://www.googleapis.com/oauth2/v3/certs'],
  [/^https:\/\/cloud\.google\.com\/iap$/, 'https://www.gstatic.com/iap/verify/public_key-jwk'],
  [
    /^https:\/\/securetoken\.google\.com\/[a-z0-9-]+$/,
    'https://www.googleapis.com/service_accounts/v1/jwk/securetoken@system.gserviceaccount.com',
  ],
];

export function isServiceAccount(issuer: string): boolean {
  return issuer.length <= 128 && serviceAccount.test(issuer);
}

/** Whether Google publishes the issuer's keys and rotates them by its rule. */
export function isGoogleIssuer(issuer: string): boolean {
  return isServiceAccount(issuer) || googleIssuers.some(([pattern]) => pattern.test(issuer));
}

/** Where Google publishes the issuer's public keys, or undefined for an issuer that isn't Google's. */
function googleKeysUrl(issuer: string): string | undefined {
  const fixed = googleIssuers.find(([pattern]) => pattern.test(issuer))?.[1];
  if (fixed !== undefined || !isServiceAccount(issuer)) return fixed;
  return `https://www.googleapis.com/service_accounts/v1/jwk/${issuer}`;
}

/** Where the keys are fetched. */
export interface GoogleKeysOptions {
  /** `host:port` that stands in for Google's key hosts, for the local cloud; plain http. */
  emulatorHost?: string | undefined;
}

/**
 * Fetches an issuer's JWK Set from Google's fixed key hosts, and from nowhere else: to be used as
 * `jwks: (issuer) => fetchGoogleKeys(issuer)`. Throws KeysUnavailable for another issuer.
 */
export async function fetchGoogleKeys(
  issuer: string | undefined,
  options: GoogleKeysOptions = {},
): Promise<JwkSet> {
  const url = issuer === undefined ? undefined : googleKeysUrl(issuer);
  if (url === undefined) throw new KeysUnavailable('none_given');
  if (options.emulatorHost === undefined) return fetchJwks(url);
  return fetchJwks(`http://${options.emulatorHost}${new URL(url).pathname}`);
}
