import type { Cloud } from '../cloud/cloud.ts';
import { authenticate, type Caller } from '../http/authenticate.ts';
import type { ApiRequest } from '../http/route.ts';

/** Who calls the IAM Credentials method of this RPC name; throws 401 and 403 as {@link authenticate}. */
export function authenticateFor(cloud: Cloud, request: ApiRequest, rpc: string): Caller {
  return authenticate(cloud, request, {
    service: 'iamcredentials.googleapis.com',
    method: `google.iam.credentials.v1.IAMCredentials.${rpc}`,
  });
}
