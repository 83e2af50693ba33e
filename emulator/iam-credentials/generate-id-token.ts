import { signIdToken } from '../cloud/id-token.ts';
import { invalidArgument } from '../http/api-error.ts';
import { defineMethod } from './method.ts';

/**
 * A Google-signed OIDC ID token of the account. `useEmailAzp` is not documented; google-auth-library sends it, and
 * the `azp` is then the e-mail.
 */
export const generateIdToken = defineMethod({
  rpc: 'GenerateIdToken',
  permission: 'iam.serviceAccounts.getOpenIdToken',
  shape: {
    audience: 'string',
    includeEmail: 'bool',
    organizationNumberIncluded: 'bool',
    useEmailAzp: 'bool',
  },
  respond: async ({ cloud, account }, message) => {
    const { audience, includeEmail = false, organizationNumberIncluded, useEmailAzp } = message;
    if (!audience) throw invalidArgument();
    const token = await signIdToken(cloud, account, {
      audience,
      includeEmail,
      ...(useEmailAzp && { azp: account.email }),
      // The emulated project belongs to no organisation; the claim is then null.
      ...(organizationNumberIncluded && { google: { organization_number: null } }),
    });
    return { token };
  },
});
