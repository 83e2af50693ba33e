import type { Cloud } from '../cloud/cloud.ts';
import { resourceName, type ServiceAccount } from '../cloud/service-accounts.ts';
import { ApiError } from '../http/api-error.ts';
import { authenticate } from '../http/authenticate.ts';
import type { ApiRequest } from '../http/route.ts';
import { permissionDenied } from '../iam-credentials/authorize.ts';

interface Access {
  /** The method of `google.iam.admin.v1.IAM`. */
  readonly rpc: string;
  readonly permission: string;
}

/**
 * The account that the path names, when the caller holds the permission on it. With the `-` wildcard an account
 * that does not exist is a 403, with its project's id a 404 (IAM API reference).
 */
export function findAccount(cloud: Cloud, request: ApiRequest, { rpc, permission }: Access): ServiceAccount {
  const api = { service: 'iam.googleapis.com', method: `google.iam.admin.v1.IAM.${rpc}` };
  const { member } = authenticate(cloud, request, api);
  const { project = '', account: id = '' } = request.params;
  const account = cloud.serviceAccounts.find(id);
  if (project !== '-' && account?.projectId !== project) {
    throw new ApiError(
      'NOT_FOUND',
      `Service account projects/${project}/serviceAccounts/${id} does not exist.`,
    );
  }
  if (!account || !cloud.policies.holds(member, permission, resourceName(account)))
    throw permissionDenied(permission);
  return account;
}
