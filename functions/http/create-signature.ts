import { issueSignature } from '../issuance/issue-signature.ts';
import type { AuthenticatedOperation } from './exchange.ts';
import { readJson } from './read-json.ts';

/** `POST /v1/signatures`: a signature over bytes. */
export const createSignature: AuthenticatedOperation = async ({ issuance }, exchange, caller) => {
  const json = await readJson(exchange);
  return { status: 200, body: await issueSignature(issuance, caller, json, exchange.scope) };
};
