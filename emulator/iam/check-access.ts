import type { Cloud } from '../cloud/cloud.ts';
import type { ApiError } from '../http/api-error.ts';
import { type ApiMethod, authenticate } from '../http/authenticate.ts';
import type { ApiRequest } from '../http/route.ts';

interface Access {
  readonly api: ApiMethod;
  readonly scopes: readonly string[];
  readonly permission: string;
  /** The full resource name under which its policy is kept, with the project's id. */
  readonly resource: string;
  /** How the API words a 403. */
  readonly denial: () => ApiError;
}

/**
 * Lets a request pass whose caller may do this. Until bindings are set for the resource or for its project, every
 * access token that the emulator issued is good enough. Throws 401 without such a token, and the API's 403.
 */
export function checkAccess(cloud: Cloud, request: ApiRequest, access: Access): void {
  const { api, scopes, permission, resource, denial } = access;
  const { member } = authenticate(cloud, request, api, scopes);
  if (!isAllowed(cloud, member, permission, resource)) throw denial();
}

/** Whether bindings of the resource or of its project give the permission, or neither has any. */
export function isAllowed(cloud: Cloud, member: string, permission: string, resource: string): boolean {
  const guarded = guards(cloud, resource);
  return guarded.length === 0 || guarded.some((name) => cloud.policies.holds(member, permission, name));
}

/** Whether bindings decide about the resource. */
export function isGuarded(cloud: Cloud, resource: string): boolean {
  return guards(cloud, resource).length > 0;
}

function guards({ policies }: Cloud, resource: string): string[] {
  const project = resource.split('/').slice(0, 2).join('/');
  return [resource, project].filter((name) => policies.isSet(name));
}
