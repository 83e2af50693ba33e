import type { Cloud } from '../cloud/cloud.ts';
import { invalidArgument } from '../http/api-error.ts';
import { parseMessage } from '../http/message.ts';
import { type Answer, type ApiRequest, json } from '../http/route.ts';
import { authenticateFor } from './api-method.ts';
import { authorize } from './authorize.ts';
import { parseClaims } from './claims-rules.ts';

const requestShape = { delegates: ['string'], payload: 'string' } as const;

/** `signJwt`: signs the payload as it is with the account's current key. */
export async function signJwt(cloud: Cloud, request: ApiRequest): Promise<Answer> {
  const caller = authenticateFor(cloud, request, 'SignJwt');
  const { delegates = [], payload } = parseMessage(requestShape, request.body);
  if (!payload) throw invalidArgument();
  const name = `projects/${request.params.project}/serviceAccounts/${request.params.account}`;
  const account = authorize(cloud, caller, { name, delegates, permission: 'iam.serviceAccounts.signJwt' });
  parseClaims(payload, cloud.clock.nowMs());
  const key = cloud.keysOf(account).signingKey(cloud.clock.now());
  return json({ keyId: key.kid, signedJwt: await key.signJwt(payload) });
}
