import type { Cloud } from '../cloud/cloud.ts';
import type { ServiceAccount } from '../cloud/service-accounts.ts';
import { authenticate, type Caller } from '../http/authenticate.ts';
import { type Field, type Message, parseMessage } from '../http/message.ts';
import { type Answer, type ApiRequest, json } from '../http/route.ts';
import { authorize } from './authorize.ts';

/** Who asks, and for which account; the caller holds the method's permission on it. */
interface Context {
  readonly cloud: Cloud;
  readonly caller: Caller;
  readonly account: ServiceAccount;
}

interface MethodOptions<F> {
  /** The method of `google.iam.credentials.v1.IAMCredentials`. */
  readonly rpc: string;
  readonly permission: string;
  /** The request's fields beside `delegates`, which every method takes. */
  readonly shape: F;
  readonly respond: (context: Context, message: Message<F>) => Promise<object>;
}

export type CredentialsMethod = (cloud: Cloud, request: ApiRequest) => Promise<Answer>;

/**
 * Puts the steps that the four methods share before what is a method's own: token, form of the body, permission
 * and then values, so that a caller without permission learns nothing. Google's own order is not documented.
 */
export function defineMethod<const F extends { readonly [name: string]: Field }>(
  options: MethodOptions<F>,
): CredentialsMethod {
  const { rpc, permission, shape, respond } = options;
  const api = {
    service: 'iamcredentials.googleapis.com',
    method: `google.iam.credentials.v1.IAMCredentials.${rpc}`,
  };
  return async (cloud, request) => {
    const caller = authenticate(cloud, request, api);
    const message = parseMessage({ ...shape, delegates: ['string'] } as const, request.body);
    const { delegates = [] } = message as { delegates?: string[] };
    const name = `projects/${request.params.project}/serviceAccounts/${request.params.account}`;
    const account = authorize(cloud, caller, { name, delegates, permission });
    return json(await respond({ cloud, caller, account }, message as Message<F>));
  };
}
