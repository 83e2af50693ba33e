import { Problem } from '../contract/problem.ts';
import type { Answer, Exchange, HttpServices, OpenOperation } from './exchange.ts';

/** Verifiers may keep the keys for five minutes; the function's own copy is at most 15 minutes old. */
const caching = { 'cache-control': 'public, max-age=300' };

/** `GET /v1/keys/{serviceAccount}`: a configured signer's public JWK Set; for any other account no request is made. */
export const getKeys: OpenOperation = async (services, exchange) => {
  const { policy } = await services.issuance.policySource.current();
  const { serviceAccount = '' } = exchange.parameters;
  if (!policy.signers.includes(serviceAccount)) {
    throw new Problem('not_found', 'This is no signer of the policy; GET /v1/identity lists them.');
  }
  return keysOf(services, serviceAccount, exchange);
};

/** `GET /.well-known/jwks.json`: the default signer's. */
export const getDefaultKeys: OpenOperation = async (services, exchange) => {
  const { policy } = await services.issuance.policySource.current();
  const [signer] = policy.signers;
  if (signer === undefined)
    throw new Problem('policy_unavailable', 'The policy has no bindings, and so no signer.');
  return keysOf(services, signer, exchange);
};

async function keysOf({ signerKeys }: HttpServices, signer: string, { scope }: Exchange): Promise<Answer> {
  return { status: 200, headers: caching, body: await signerKeys.jwkSetOf(signer, scope.deadline) };
}
