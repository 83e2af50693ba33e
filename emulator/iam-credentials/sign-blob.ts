import { invalidArgument } from '../http/api-error.ts';
import { defineMethod } from './method.ts';
import { opensGoogleAuthApi, refuseSelfImpersonation } from './self-impersonation.ts';

/** Signs the bytes with the account's current key; the answer holds the signature, not the bytes. */
export const signBlob = defineMethod({
  rpc: 'SignBlob',
  permission: 'iam.serviceAccounts.signBlob',
  shape: { payload: 'bytes' },
  respond: async ({ cloud, caller, account }, { payload }) => {
    if (!payload?.length) throw invalidArgument();
    if (opensGoogleAuthApi(claimsOf(payload))) refuseSelfImpersonation(caller, account);
    const key = cloud.keysOf(account).signingKey(cloud.clock.now());
    return { keyId: key.kid, signedBlob: (await key.sign(payload)).toString('base64') };
  },
});

/** The claims of bytes that are a JWS signing input (RFC 7515, section 5.1), else none. */
function claimsOf(bytes: Buffer): Readonly<Record<string, unknown>> {
  const payload = /^[\w-]+\.([\w-]+)$/.exec(bytes.toString('latin1'))?.[1] ?? '';
  try {
    return Object(JSON.parse(Buffer.from(payload, 'base64url').toString()));
  } catch {
    return {};
  }
}
