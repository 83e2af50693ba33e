import type { Cloud } from '../cloud/cloud.ts';
import { resourceName, type ServiceAccount } from '../cloud/service-accounts.ts';
import { ApiError, errorInfo, invalidArgument } from '../http/api-error.ts';
import type { Caller } from '../http/authenticate.ts';

/**
 * "The `-` wildcard character is required; replacing it with a project ID is invalid." (signJwt reference)
 */
const namePattern = /^projects\/-\/serviceAccounts\/([^/]+)$/;

export interface Target {
  /** `name` and `delegates[]` of the request. */
  readonly name: string;
  readonly delegates: readonly string[];
  readonly permission: string;
}

/**
 * Answers the account that `name` means, when the caller holds the permission on it: directly, or through a chain
 * of delegates of which each may act for the next. Throws INVALID_ARGUMENT for a name of another form and 403 for a
 * permission that is missing, which is also what a missing account looks like.
 */
export function authorize(
  cloud: Cloud,
  caller: Caller,
  { name, delegates, permission }: Target,
): ServiceAccount {
  const names = [...delegates, name].map(accountId);
  let { member } = caller;
  let account: ServiceAccount | undefined;
  for (const [index, id] of names.entries()) {
    const needed = index < delegates.length ? 'iam.serviceAccounts.implicitDelegation' : permission;
    account = cloud.serviceAccounts.find(id);
    if (!account || !cloud.policies.holds(member, needed, resourceName(account)))
      throw permissionDenied(needed);
    member = `serviceAccount:${account.email}`;
  }
  return account as ServiceAccount;
}

function accountId(name: string): string {
  const id = namePattern.exec(name)?.[1];
  if (id === undefined) throw invalidArgument();
  return id;
}

/** The body of a real answer, seen in two public reports of 2025 and 2026. */
export function permissionDenied(permission: string): ApiError {
  return new ApiError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied on resource (or it may not exist).`,
    {
      details: [errorInfo('IAM_PERMISSION_DENIED', { permission }, 'iam.googleapis.com')],
    },
  );
}
