import type { Cloud } from '../cloud/cloud.ts';
import type { Binding, Policy } from '../cloud/policies.ts';
import { resourceName } from '../cloud/service-accounts.ts';
import { ApiError, invalidArgument } from '../http/api-error.ts';
import { type Message, parseMessage } from '../http/message.ts';
import { type Answer, type ApiRequest, json } from '../http/route.ts';
import { findAccount } from './find-account.ts';

const getShape = { options: { requestedPolicyVersion: 'number' } } as const;

const setShape = {
  policy: {
    version: 'number',
    bindings: [{ role: 'string', members: ['string'], condition: 'value' }],
    auditConfigs: ['value'],
    etag: 'string',
  },
  updateMask: 'string',
} as const;

type NewPolicy = NonNullable<Message<typeof setShape>['policy']>;

export function getIamPolicy(cloud: Cloud, request: ApiRequest): Answer {
  const permission = 'iam.serviceAccounts.getIamPolicy';
  const account = findAccount(cloud, request, { rpc: 'GetIamPolicy', permission });
  parseMessage(getShape, request.body);
  return readPolicy(cloud, resourceName(account));
}

export function setIamPolicy(cloud: Cloud, request: ApiRequest): Answer {
  const permission = 'iam.serviceAccounts.setIamPolicy';
  const account = findAccount(cloud, request, { rpc: 'SetIamPolicy', permission });
  return writePolicy(cloud, resourceName(account), request.body);
}

/** The policy of a resource of any API, by its full resource name. */
export function readPolicy(cloud: Cloud, resource: string): Answer {
  return json(toJson(cloud.policies.get(resource)));
}

/** Replaces a resource's policy. With an `etag` that is not the current one nothing changes: ABORTED. */
export function writePolicy(cloud: Cloud, resource: string, body: Buffer): Answer {
  const { policy } = parseMessage(setShape, body);
  if (!policy) throw invalidArgument();
  const bindings = toBindings(cloud, policy);
  if (policy.etag && policy.etag !== cloud.policies.get(resource).etag) {
    const advice = 'Please retry the whole read-modify-write with exponential backoff.';
    throw new ApiError('ABORTED', `There were concurrent policy changes. ${advice}`);
  }
  return json(toJson(cloud.policies.set(resource, bindings)));
}

function toBindings(cloud: Cloud, { bindings = [] }: NewPolicy): Binding[] {
  return bindings.map(({ role = '', members = [], condition }) => {
    if (condition !== undefined)
      throw invalidArgument('The emulator does not evaluate conditions; leave them out.');
    if (!cloud.policies.hasRole(role))
      throw invalidArgument(`Role ${role} is not supported for this resource.`);
    for (const member of members) checkMember(cloud, member);
    return { role, members };
  });
}

function checkMember(cloud: Cloud, member: string): void {
  const [kind, name = ''] = member.split(/:(.*)/);
  if (kind !== 'serviceAccount') return;
  if (!cloud.serviceAccounts.find(name)) throw invalidArgument(`Service account ${name} does not exist.`);
}

/** A policy in Google's JSON. */
export function toJson({ bindings, etag }: Policy): object {
  return { version: 1, etag, ...(bindings.length > 0 && { bindings }) };
}
