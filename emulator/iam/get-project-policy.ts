import type { Cloud } from '../cloud/cloud.ts';
import { authenticate } from '../http/authenticate.ts';
import { parseMessage } from '../http/message.ts';
import { type Answer, type ApiRequest, json } from '../http/route.ts';
import { permissionDenied } from '../iam-credentials/authorize.ts';
import { toJson } from './policy-methods.ts';

const permission = 'resourcemanager.projects.getIamPolicy';
const shape = { options: { requestedPolicyVersion: 'number' } } as const;

/** Resource Manager's `projects.getIamPolicy`: what is granted on the project counts for every account in it. */
export function getProjectPolicy(cloud: Cloud, request: ApiRequest): Answer {
  const method = 'google.cloud.resourcemanager.v1.Projects.GetIamPolicy';
  const { member } = authenticate(cloud, request, { service: 'cloudresourcemanager.googleapis.com', method });
  const resource = `projects/${request.params.project}`;
  if (!cloud.policies.holds(member, permission, resource)) throw permissionDenied(permission);
  parseMessage(shape, request.body);
  return json(toJson(cloud.policies.get(resource)));
}
