import { issueToken, validateToken } from '../issuance/issue-token.ts';
import { parseJson } from '../tokens/parse-json.ts';
import type { AuthenticatedOperation } from './exchange.ts';
import { headerValues } from './headers.ts';
import { readJsonText } from './read-body.ts';
import { readValidateOnly } from './validate-only.ts';

const maxBytes = 64 * 1024;

/** `POST /v1/tokens`: signs a JWT Claims Set, or with `?validateOnly=true` says what would be signed. */
export const createToken: AuthenticatedOperation = async (
  { issuance },
  { request, query, scope },
  caller,
) => {
  const validateOnly = readValidateOnly(query);
  const json = parseJson(await readJsonText(request, { maxBytes, deadline: scope.deadline }));
  if (validateOnly) return { status: 200, body: await validateToken(issuance, caller, json, scope) };
  const fresh = headerValues(request, 'cache-control').some((value) =>
    /(^|[\s,])no-cache($|[\s,])/i.test(value),
  );
  return { status: 200, body: await issueToken(issuance, caller, json, { fresh }, scope) };
};
