import type { ServiceAccount } from '../cloud/service-accounts.ts';
import { ApiError } from '../http/api-error.ts';
import type { Caller } from '../http/authenticate.ts';

/** The IAM API, the Service Account Credentials API and the OAuth 2.0 API, by the hosts they answer at. */
const authApiHosts = new Set([
  'iam.googleapis.com',
  'iamcredentials.googleapis.com',
  'oauth2.googleapis.com',
  'accounts.google.com',
]);

const oauthPaths = /^\/(?:oauth2|o\/oauth2)\//;

/**
 * Whether a JWT with these claims "can be used to call" one of those APIs: by its audience, or by a `scope`, with
 * which a self-signed JWT calls any API (iam/docs/service-account-creds). How Google finds out is not documented.
 */
export function opensGoogleAuthApi({ aud, scope }: Readonly<Record<string, unknown>>): boolean {
  if (scope !== undefined) return true;
  return [aud].flat().some((audience) => typeof audience === 'string' && isAuthApi(audience));
}

function isAuthApi(audience: string): boolean {
  const url = URL.parse(audience.includes('://') ? audience : `https://${audience}`);
  if (!url) return false;
  return (
    authApiHosts.has(url.hostname) || (url.hostname === 'www.googleapis.com' && oauthPaths.test(url.pathname))
  );
}

/** Throws FAILED_PRECONDITION when the caller is the account that it wants a credential of. */
export function refuseSelfImpersonation(caller: Caller, account: ServiceAccount): void {
  if (caller.email !== account.email) return;
  const message =
    "You can't create a token for the same service account that you used to authenticate the request.";
  throw new ApiError('FAILED_PRECONDITION', message);
}
