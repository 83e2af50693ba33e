import type { Cloud } from '../cloud/cloud.ts';
import { resourceName } from '../cloud/service-accounts.ts';
import { invalidArgument } from '../http/api-error.ts';
import { type Answer, type ApiRequest, json } from '../http/route.ts';
import { findAccount } from './find-account.ts';

const keyTypes = ['KEY_TYPE_UNSPECIFIED', 'USER_MANAGED', 'SYSTEM_MANAGED'];

/** `keys.list`: the published system-managed keys; the emulator knows no user-managed ones. */
export function listKeys(cloud: Cloud, request: ApiRequest): Answer {
  const permission = 'iam.serviceAccountKeys.list';
  const account = findAccount(cloud, request, { rpc: 'ListServiceAccountKeys', permission });
  const wanted = request.query.getAll('keyTypes');
  if (!wanted.every((type) => keyTypes.includes(type))) throw invalidArgument();
  if (wanted.length > 0 && !wanted.includes('SYSTEM_MANAGED')) return json({});
  const published = cloud.keysOf(account).publishedKeys(cloud.clock.now());
  const keys = published.map(({ kid, publishedAt, removedAt }) => ({
    name: `${resourceName(account)}/keys/${kid}`,
    validAfterTime: toTimestamp(publishedAt),
    validBeforeTime: toTimestamp(removedAt),
    keyAlgorithm: 'KEY_ALG_RSA_2048',
    keyOrigin: 'GOOGLE_PROVIDED',
    keyType: 'SYSTEM_MANAGED',
  }));
  return json({ keys });
}

function toTimestamp(numericDate: number): string {
  return new Date(numericDate * 1000).toISOString().replace('.000', '');
}
