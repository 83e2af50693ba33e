import type { SignedJwt } from '../../functions/issuance/ports.ts';

const keyId = '0123456789abcdef0123456789abcdef01234567';
const encode = (text: string) => Buffer.from(text).toString('base64url');
const header = encode(JSON.stringify({ alg: 'RS256', kid: keyId, typ: 'JWT' }));
const signature = Buffer.alloc(256, 7).toString('base64url');

/** What IAM would answer over this JSON of a claims set, its signature made by nobody. */
export function unsignedJws(payload: string): SignedJwt {
  return { keyId, signedJwt: `${header}.${encode(payload)}.${signature}` };
}
