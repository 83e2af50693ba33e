import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { now } from './fixtures.ts';

const pairs = {
  google: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  foreign: generateKeyPairSync('rsa', { modulusLength: 2048 }),
};

export const googleKid = 'google-1';
export const googlePrivateKey: KeyObject = pairs.google.privateKey;
export const googlePublicPem = pairs.google.publicKey.export({ type: 'spki', format: 'pem' }).toString();
export const foreignPrivateKey: KeyObject = pairs.foreign.privateKey;

/** The JWK of the key that stands for one of nobody's. */
export const foreignJwk = await exportJWK(pairs.foreign.publicKey);

/** The JWK Set as Google serves it at oauth2/v3/certs. */
export const googleJwkSet = {
  keys: [{ ...(await exportJWK(pairs.google.publicKey)), kid: googleKid, alg: 'RS256', use: 'sig' }],
};

export const serviceUrl = 'https://countersign-abc.run.app';
export const callerEmail = 'reports@acme.iam.gserviceaccount.com';

/** The claims of an honest caller's ID token at the frozen time. */
export const idTokenClaims: JWTPayload = {
  iss: 'https://accounts.google.com',
  aud: serviceUrl,
  sub: '100000000000000000001',
  azp: '100000000000000000001',
  email: callerEmail,
  email_verified: true,
  iat: now - 10,
  exp: now + 3590,
};

/** Signs an ID token as Google would, with these claims and header members changed. */
export function signIdToken(
  claims: Record<string, unknown> = {},
  header: Record<string, unknown> = {},
  key: KeyObject = googlePrivateKey,
): Promise<string> {
  return new SignJWT({ ...idTokenClaims, ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: googleKid, typ: 'JWT', ...header })
    .sign(key);
}
