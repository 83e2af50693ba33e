import type { JsonObject } from './base64url.ts';
import { isServiceAccount } from './keys/google-keys.ts';
import type { TokenKind } from './profile-rules.ts';

const identityToolkit =
  'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';
const tokenEndpoints = ['https://oauth2.googleapis.com/token', 'https://www.googleapis.com/oauth2/v4/token'];
const accountsIssuers = ['https://accounts.google.com', 'accounts.google.com'];

/**
 * Tells what a token is by at least two signs that agree, so that one wrong claim does not make it another
 * kind; undefined where they don't.
 */
export function recogniseTokenKind(header: JsonObject, claims: JsonObject): TokenKind | undefined {
  const { iss, sub, aud } = claims;
  if (typeof header.typ === 'string' && /^(application\/)?at\+jwt$/i.test(header.typ)) return 'access-token';
  if (typeof iss !== 'string') return undefined;
  if (accountsIssuers.includes(iss)) {
    return typeof sub === 'string' && /^\d+$/.test(sub) ? 'google-id-token' : undefined;
  }
  if (iss.startsWith('https://securetoken.google.com/')) {
    return aud === iss.slice('https://securetoken.google.com/'.length) ? 'firebase-id-token' : undefined;
  }
  if (iss === 'https://cloud.google.com/iap') return header.alg === 'ES256' ? 'iap-assertion' : undefined;
  if (!isServiceAccount(iss)) return undefined;
  if (aud === identityToolkit && 'uid' in claims) return 'firebase-custom-token';
  if (typeof aud === 'string' && tokenEndpoints.includes(aud)) return 'oauth-assertion';
  return sub === iss || sub === undefined ? 'service-account-jwt' : undefined;
}
