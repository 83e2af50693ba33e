import type { Cloud } from './cloud.ts';
import type { ServiceAccount } from './service-accounts.ts';

const lifeSeconds = 3600;

/** What a Google ID token for a service account says beside its standard claims. */
export interface IdTokenOptions {
  readonly audience: string;
  readonly includeEmail: boolean;
  /** `azp` is the account's unique id, or its e-mail with google-auth-library's undocumented `useEmailAzp`. */
  readonly azp?: string;
  /** The `google` claim. */
  readonly google?: Readonly<Record<string, unknown>>;
}

/** Signs an OIDC ID token as accounts.google.com does for a service account; it lives for an hour. */
export function signIdToken(cloud: Cloud, account: ServiceAccount, options: IdTokenOptions): Promise<string> {
  const { audience, includeEmail, azp = account.uniqueId, google } = options;
  const iat = cloud.clock.now();
  const claims = {
    aud: audience,
    azp,
    ...(includeEmail && { email: account.email, email_verified: true }),
    exp: iat + lifeSeconds,
    ...(google && { google }),
    iat,
    iss: 'https://accounts.google.com',
    sub: account.uniqueId,
  };
  return cloud.googleKeys.signingKey(iat).signJwt(JSON.stringify(claims));
}
