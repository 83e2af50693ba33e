import type { Cloud } from '../cloud/cloud.ts';
import { ApiError, errorInfo } from '../http/api-error.ts';
import type { Answer, ApiRequest } from '../http/route.ts';
import { checkAccess } from '../iam/check-access.ts';
import type { Secrets } from './secrets.ts';

/** One call of Secret Manager whose caller may make it. */
export interface Context {
  readonly cloud: Cloud;
  readonly secrets: Secrets;
  readonly request: ApiRequest;
  /** The secret's id; empty where the method has none in its path. */
  readonly id: string;
  /** The full resource name of the policy that was asked: the secret's, or the project's. */
  readonly resource: string;
}

export type SecretMethod = (context: Context) => Answer;

interface Access {
  /** The method of `google.cloud.secretmanager.v1.SecretManagerService`. */
  readonly rpc: string;
  /** Without its prefix `secretmanager.`. */
  readonly permission: string;
}

/**
 * Holds the call against the bindings of its secret, or of the project where it names none. A project that is not
 * here is a 403, as one that the caller may not see.
 */
export function openContext(cloud: Cloud, request: ApiRequest, access: Access): Context {
  const { project = '', secret: id = '', version } = request.params;
  const resource = secretResource(cloud, request);
  const permission = `secretmanager.${access.permission}`;
  const shown = `projects/${project}${id && `/secrets/${id}`}${version === undefined ? '' : `/versions/${version}`}`;
  const denial = () => permissionDenied(permission, shown);
  const method = `google.cloud.secretmanager.v1.SecretManagerService.${access.rpc}`;
  const api = { service: 'secretmanager.googleapis.com', method };
  checkAccess(cloud, request, { api, scopes: ['cloud-platform'], permission, resource, denial });
  if (project !== cloud.projectId && project !== cloud.projectNumber) throw denial();
  return { cloud, secrets: cloud.secrets, request, id, resource };
}

/** The name under which the policy of the path's secret is kept, or of the project where it names none. */
export function secretResource({ projectId }: Cloud, { params: { secret } }: ApiRequest): string {
  return secret ? `projects/${projectId}/secrets/${secret}` : `projects/${projectId}`;
}

/** As public reports show it, with the name as it was asked for. */
function permissionDenied(permission: string, resource: string): ApiError {
  return new ApiError(
    'PERMISSION_DENIED',
    `Permission '${permission}' denied for resource '${resource}' (or it may not exist).`,
    { details: [errorInfo('IAM_PERMISSION_DENIED', { permission, resource }, 'iam.googleapis.com')] },
  );
}
