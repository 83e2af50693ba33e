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
 * access token that the emulator issued is good enough, and over gRPC none is needed: Google's clients send none to
 * an emulator. Throws 401 without such a token, and the API's 403.
 */
export function checkAccess(cloud: Cloud, request: ApiRequest, access: Access): void {
  const { api, scopes, permission, resource, denial } = access;
  const isAnonymous = request.transport === 'grpc' && request.headers.authorization === undefined;
  if (isAnonymous && !cloud.policies.isGuarded(resource)) return;
  const { member } = authenticate(cloud, request, api, scopes);
  if (!cloud.policies.allows(member, permission, resource)) throw denial();
}
