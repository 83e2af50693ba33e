import type { Cloud } from '../cloud/cloud.ts';
import { authenticate } from '../http/authenticate.ts';
import { parseMessage } from '../http/message.ts';
import { type Answer, type ApiRequest, json } from '../http/route.ts';

const shape = { permissions: ['string'] } as const;

/** Which of the permissions that are asked for the caller has on the resource; nobody needs one to ask. */
export function testPermissions(cloud: Cloud, request: ApiRequest, resource: string): Answer {
  const api = { service: 'iam.googleapis.com', method: 'google.iam.v1.IAMPolicy.TestIamPermissions' };
  const { member } = authenticate(cloud, request, api);
  const { permissions = [] } = parseMessage(shape, request.body);
  const held = permissions.filter((permission) => cloud.policies.allows(member, permission, resource));
  return json(held.length > 0 ? { permissions: held } : {});
}
