import { issueIdToken } from '../issuance/issue-id-token.ts';
import type { AuthenticatedOperation } from './exchange.ts';
import { asksForFresh, readJson } from './read-json.ts';

/** `POST /v1/id-tokens`: an OIDC ID token that Google signs for the signer. */
export const createIdToken: AuthenticatedOperation = async ({ issuance }, exchange, caller) => {
  const json = await readJson(exchange);
  const fresh = asksForFresh(exchange);
  return { status: 200, body: await issueIdToken(issuance, caller, json, { fresh }, exchange.scope) };
};
