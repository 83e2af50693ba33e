import type { ClaimsSet, IdTokenResponse } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import { canonicalJson } from '../tokens/canonical-json.ts';
import type { JsonResult } from '../tokens/parse-json.ts';
import { parseIdTokenRequest } from '../tokens/parse-request.ts';
import { authorize, currentPolicies } from './authorize.ts';
import { decodePart, splitJws } from './decode-jws.ts';
import type { Issuance } from './issue-token.ts';
import type { Caller, GenerateIdTokenCall, RequestScope } from './ports.ts';
import { onRecord, sha256 } from './record.ts';
import type { SignedToken } from './token-reuse.ts';

/** Google's ID tokens live an hour, always (IAM Service Account Credentials API, generateIdToken). */
const lifetimeSeconds = 3600;
const issuer = 'https://accounts.google.com';

/**
 * Issues an OIDC ID token that Google signs for the signer, in the same order as `issueToken`.
 * @param fresh whether the token must be signed anew
 * @throws Problem
 */
export async function issueIdToken(
  issuance: Issuance,
  caller: Caller,
  json: JsonResult,
  { fresh }: { fresh: boolean },
  scope: RequestScope,
): Promise<IdTokenResponse> {
  const { signer, reuse, rateLimit, audit, now } = issuance;
  const policies = await currentPolicies(issuance);
  const { aud, includeEmail = true, ...asked } = parseIdTokenRequest(json);
  const access = { ...asked, kind: 'id_token' as const, claims: { aud }, ttlSeconds: lifetimeSeconds };
  const { grant, entry } = authorize(issuance, policies, caller, access, scope);
  const { binding, serviceAccount, delegates } = grant;
  const call = { serviceAccount, delegates, audience: aud, includeEmail };
  const key = canonicalJson(['id_token', caller, call, binding.id, policies.loaded.digest]);
  const sign = async () => {
    rateLimit.take(caller.member);
    return checkIdToken(await signer.generateIdToken(call, scope), call);
  };
  return onRecord(audit, { ...entry, ttlSeconds: lifetimeSeconds }, async () => {
    const { token: signed, reused } = fresh
      ? { token: await reuse.renew(key, sign), reused: false }
      : await reuse.get(key, { now: now(), deadline: scope.deadline }, sign);
    const { token, kid, claims } = signed;
    return {
      result: { token, claims, expiresInSeconds: claims.exp - now(), reused },
      entry: { reused, kid, sub: claims.sub, tokenSha256: sha256(token) },
    };
  });
}

/** Holds what Google returned against what was asked; its signature is left to those who rely on it. */
function checkIdToken(
  token: string,
  { audience, includeEmail, serviceAccount }: GenerateIdTokenCall,
): SignedToken {
  const parts = splitJws(token);
  const header = decodePart(parts.header, 'header');
  const payload = decodePart(parts.payload, 'payload');
  const isAsAsked =
    header.alg === 'RS256' &&
    typeof header.kid === 'string' &&
    payload.iss === issuer &&
    payload.aud === audience &&
    Number.isInteger(payload.iat) &&
    Number.isInteger(payload.exp) &&
    typeof payload.sub === 'string' &&
    (!includeEmail || payload.email === serviceAccount);
  if (!isAsAsked) {
    throw new Problem(
      'signer_response_invalid',
      'IAM answered with another ID token than was asked for. Try again.',
    );
  }
  return { token, kid: String(header.kid), claims: payload as ClaimsSet };
}
