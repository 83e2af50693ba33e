import type { ServiceAccount } from '../cloud/service-accounts.ts';
import { invalidArgument } from '../http/api-error.ts';
import { parseDuration } from '../http/duration.ts';
import { defineMethod } from './method.ts';
import { refuseSelfImpersonation } from './self-impersonation.ts';

const defaultLifetimeSeconds = 3600;
const extendedLifetimeSeconds = 12 * 3600;

/** An OAuth 2.0 access token of the account, for at least one scope and at most an hour. */
export const generateAccessToken = defineMethod({
  rpc: 'GenerateAccessToken',
  permission: 'iam.serviceAccounts.getAccessToken',
  shape: { scope: ['string'], lifetime: 'string' },
  respond: async ({ cloud, caller, account }, { scope: scopes = [], lifetime }) => {
    if (scopes.length === 0 || scopes.includes('')) throw invalidArgument();
    const lifetimeSeconds =
      lifetime === undefined ? defaultLifetimeSeconds : parseDuration('lifetime', lifetime);
    checkLifetime(account, lifetimeSeconds);
    refuseSelfImpersonation(caller, account);
    const expiresAtMs = Math.floor((cloud.clock.nowMs() + lifetimeSeconds * 1000) / 1000) * 1000;
    const { token } = cloud.accessTokens.issue({ email: account.email, scopes, expiresAtMs });
    return { accessToken: token, expireTime: new Date(expiresAtMs).toISOString().replace('.000', '') };
  },
});

/** The text for more than an hour is from a public report (google-github-actions/auth#145); its status is not. */
function checkLifetime({ email, lifetimeExtension }: ServiceAccount, seconds: number): void {
  if (seconds <= 0 || seconds > extendedLifetimeSeconds) throw invalidArgument();
  if (seconds <= defaultLifetimeSeconds || lifetimeExtension) return;
  const constraint = 'constraints/iam.allowServiceAccountCredentialLifetimeExtension';
  throw invalidArgument(
    `Access tokens for service account ${email} can not have lifetimes of more than 1 hour. ` +
      `Use the Org Policy Constraint ${constraint} to allow up to 12 hours.`,
  );
}
