import { issueToken, validateToken } from '../issuance/issue-token.ts';
import type { AuthenticatedOperation } from './exchange.ts';
import { asksForFresh, readJson } from './read-json.ts';
import { readValidateOnly } from './validate-only.ts';

/** `POST /v1/tokens`: signs a JWT Claims Set, or with `?validateOnly=true` says what would be signed. */
export const createToken: AuthenticatedOperation = async ({ issuance }, exchange, caller) => {
  const validateOnly = readValidateOnly(exchange.query);
  const json = await readJson(exchange);
  if (validateOnly) return { status: 200, body: await validateToken(issuance, caller, json, exchange.scope) };
  const fresh = asksForFresh(exchange);
  return { status: 200, body: await issueToken(issuance, caller, json, { fresh }, exchange.scope) };
};
