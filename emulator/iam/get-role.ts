import type { Cloud } from '../cloud/cloud.ts';
import { ApiError } from '../http/api-error.ts';
import { authenticate } from '../http/authenticate.ts';
import { type Answer, type ApiRequest, json } from '../http/route.ts';
import { permissionDenied } from '../iam-credentials/authorize.ts';

const permission = 'iam.roles.get';

/** `roles.get`: the permissions of a role. Anyone may read a predefined role, a custom one only with a permission. */
export function getRole(cloud: Cloud, request: ApiRequest): Answer {
  const api = { service: 'iam.googleapis.com', method: 'google.iam.admin.v1.IAM.GetRole' };
  const { member } = authenticate(cloud, request, api);
  const { role: name = '' } = request.params;
  if (name.startsWith('projects/') && !cloud.policies.holds(member, permission, name)) {
    throw permissionDenied(permission);
  }
  const includedPermissions = cloud.policies.permissionsOf(name);
  if (!includedPermissions) throw new ApiError('NOT_FOUND', `The role named ${name} was not found.`);
  return json({ name, includedPermissions, stage: 'GA' });
}
