import type { ClaimsSet, TokenResponse, ValidationResponse } from '../contract/generated/types.ts';
import type { Grant } from '../policy/decide.ts';
import type { Delivery } from '../policy/delivery.ts';
import { buildClaimsSet } from '../tokens/build-claims-set.ts';
import { canonicalJson } from '../tokens/canonical-json.ts';
import { parseClaimRequest } from '../tokens/parse-claim-request.ts';
import type { JsonResult } from '../tokens/parse-json.ts';
import { type Authority, authorize, currentPolicies } from './authorize.ts';
import { checkSignedJwt } from './check-signed-jwt.ts';
import type { AuditEntry, Caller, LoadedPolicy, RequestScope, Signer } from './ports.ts';
import type { RateLimit } from './rate-limit.ts';
import { lifeLeft, onRecord, onRecordWhereRefused, sha256 } from './record.ts';
import { fillSetClaims } from './set-claims.ts';
import type { SignedToken, TokenReuse } from './token-reuse.ts';

/** What issuing needs of the world. */
export interface Issuance extends Authority {
  signer: Signer;
  reuse: TokenReuse;
  rateLimit: RateLimit;
}

/** What a request comes to once the policy allows it. */
interface Plan {
  grant: Grant;
  claims: ClaimsSet;
  /** What must be equal for two requests to share a token; undefined where the request fixes a time or an ID. */
  reuseKey: string | undefined;
  entry: AuditEntry;
}

/** A request that the policy allows, with its whole claims set; nothing is signed yet. */
export interface PreparedToken {
  claims: ClaimsSet;
  grant: Grant;
  /** Reuses or signs, and puts on record what came of it. @throws Problem */
  issue: (options: { fresh: boolean }, scope: RequestScope) => Promise<TokenResponse>;
}

/**
 * Issues the token that `json` asks for: parse -> decide by policy -> build the claims set -> reuse or sign -> audit.
 * This is the one place where that order is written down; HTTP and batches both come here.
 * @param fresh whether the token must be signed anew
 * @throws Problem
 */
export async function issueToken(
  issuance: Issuance,
  caller: Caller,
  json: JsonResult,
  { fresh }: { fresh: boolean },
  scope: RequestScope,
): Promise<TokenResponse> {
  const prepared = await prepareToken(issuance, caller, json, scope);
  return prepared.issue({ fresh }, scope);
}

/**
 * The first half of `issueToken`, up to the claims set, so that a batch is decided whole before any of it is signed.
 * @param delivery where the token is to go, where that is not to the caller itself
 * @throws Problem
 */
export async function prepareToken(
  issuance: Issuance,
  caller: Caller,
  json: JsonResult,
  scope: RequestScope,
  delivery?: Delivery,
): Promise<PreparedToken> {
  const plan = await planToken(issuance, caller, json, scope, { delivery });
  return {
    claims: plan.claims,
    grant: plan.grant,
    issue: (options, signing) =>
      onRecord(issuance.audit, plan.entry, async () => {
        const { token, reused } = await reuseOrSign(issuance, caller, plan, options.fresh, signing);
        return {
          result: { ...token, expiresInSeconds: lifeLeft(token, issuance.now()), reused },
          entry: { reused, kid: token.kid, tokenSha256: sha256(token.token) },
        };
      }),
  };
}

/** Does all that `issueToken` does but sign (AIP-163), and names the binding that would allow it. */
export async function validateToken(
  issuance: Issuance,
  caller: Caller,
  json: JsonResult,
  scope: RequestScope,
): Promise<ValidationResponse> {
  const { grant, claims, entry } = await planToken(issuance, caller, json, scope, { validateOnly: true });
  issuance.audit.record(entry);
  return {
    claims,
    binding: grant.binding.id,
    profile: grant.profile,
    serviceAccount: grant.serviceAccount,
    expiresInSeconds: claims.exp - issuance.now(),
  };
}

async function planToken(
  issuance: Issuance,
  caller: Caller,
  json: JsonResult,
  scope: RequestScope,
  { delivery, validateOnly }: { delivery?: Delivery | undefined; validateOnly?: true } = {},
): Promise<Plan> {
  const { now } = issuance;
  const policies = await currentPolicies(issuance);
  const { loaded } = policies;
  const request = parseClaimRequest(json, { now: now(), signers: loaded.policy.signers });
  const access = { ...request, kind: 'jwt' as const, ...(delivery && { delivery }) };
  const { grant, entry } = authorize(issuance, policies, caller, access, scope, validateOnly);
  const claims = onRecordWhereRefused(issuance.audit, entry, () =>
    buildClaimsSet(
      request.claims,
      {
        signer: grant.serviceAccount,
        profile: grant.profile,
        ttlSeconds: grant.ttlSeconds,
        setClaims: fillSetClaims(grant, caller.member),
      },
      now(),
    ),
  );
  return {
    grant,
    claims,
    reuseKey: reuseKeyOf(caller, grant, request.claims, loaded),
    entry: { ...entry, sub: claims.sub, ttlSeconds: claims.exp - now() },
  };
}

function reuseKeyOf(
  caller: Caller,
  grant: Grant,
  claims: Record<string, unknown>,
  { digest }: LoadedPolicy,
): string | undefined {
  if (['iat', 'exp', 'nbf', 'jti'].some((name) => claims[name] !== undefined)) return undefined;
  const { binding, serviceAccount, delegates, profile, ttlSeconds } = grant;
  const key = ['jwt', caller, serviceAccount, delegates, profile, binding.id, digest, ttlSeconds, claims];
  return canonicalJson(key);
}

async function reuseOrSign(
  { reuse, rateLimit, signer, now }: Issuance,
  caller: Caller,
  { grant, claims, reuseKey }: Plan,
  fresh: boolean,
  scope: RequestScope,
): Promise<{ token: SignedToken; reused: boolean }> {
  const sign = async (): Promise<SignedToken> => {
    rateLimit.take(caller.member);
    const { serviceAccount, delegates } = grant;
    const signed = await signer.signJwt({ serviceAccount, delegates, claims }, scope);
    checkSignedJwt(signed, claims);
    return { token: signed.signedJwt, kid: signed.keyId, claims };
  };
  if (reuseKey === undefined) return { token: await sign(), reused: false };
  if (fresh) return { token: await reuse.renew(reuseKey, sign), reused: false };
  return reuse.get(reuseKey, { now: now(), deadline: scope.deadline }, sign);
}
