import { invalidArgument } from '../http/api-error.ts';
import { parseClaims } from './claims-rules.ts';
import { defineMethod } from './method.ts';
import { opensGoogleAuthApi, refuseSelfImpersonation } from './self-impersonation.ts';

/**
 * Signs the payload with the account's current key, byte for byte. Whether Google writes the JSON anew is not
 * documented.
 */
export const signJwt = defineMethod({
  rpc: 'SignJwt',
  permission: 'iam.serviceAccounts.signJwt',
  shape: { payload: 'string' },
  respond: async ({ cloud, caller, account }, { payload }) => {
    if (!payload) throw invalidArgument();
    const claims = parseClaims(payload, cloud.clock.nowMs());
    if (opensGoogleAuthApi(claims)) refuseSelfImpersonation(caller, account);
    const key = cloud.keysOf(account).signingKey(cloud.clock.now());
    return { keyId: key.kid, signedJwt: await key.signJwt(payload) };
  },
});
