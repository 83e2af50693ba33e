import { createHash } from 'node:crypto';
import type {
  ClaimsSet,
  ProblemFault,
  TokenResponse,
  ValidationResponse,
} from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import { type Decision, decide, type Grant, type Refusal } from '../policy/decide.ts';
import { audiencesOf } from '../tokens/audience.ts';
import { buildClaimsSet } from '../tokens/build-claims-set.ts';
import { canonicalJson } from '../tokens/canonical-json.ts';
import { parseClaimRequest } from '../tokens/parse-claim-request.ts';
import type { JsonResult } from '../tokens/parse-json.ts';
import { checkSignedJwt } from './check-signed-jwt.ts';
import type {
  AuditEntry,
  AuditLog,
  Caller,
  LoadedPolicy,
  PolicySource,
  RequestScope,
  Signer,
} from './ports.ts';
import { fillSetClaims } from './set-claims.ts';
import type { SignedToken, TokenReuse } from './token-reuse.ts';

/** What issuing needs of the world. */
export interface Issuance {
  policySource: PolicySource;
  signer: Signer;
  reuse: TokenReuse;
  audit: AuditLog;
  /** Countersign's own audiences, for which it signs nothing. */
  ownAudiences: readonly string[];
  /** The time, a NumericDate. */
  now: () => number;
}

/** What a request comes to once the policy allows it. */
interface Plan {
  grant: Grant;
  claims: ClaimsSet;
  /** What must be equal for two requests to share a token; undefined where the request fixes a time or an ID. */
  reuseKey: string | undefined;
  audit: AuditEntry;
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
  const plan = await planToken(issuance, caller, json, scope);
  try {
    const { token, reused } = await reuseOrSign(issuance, plan, fresh, scope);
    issuance.audit.record({ ...plan.audit, reused, kid: token.kid, tokenSha256: sha256(token.token) });
    return { ...token, expiresInSeconds: token.claims.exp - issuance.now(), reused };
  } catch (error) {
    issuance.audit.record({ ...plan.audit, code: error instanceof Problem ? error.code : 'internal' });
    throw error;
  }
}

/** Does all that `issueToken` does but sign (AIP-163), and names the binding that would allow it. */
export async function validateToken(
  issuance: Issuance,
  caller: Caller,
  json: JsonResult,
  scope: RequestScope,
): Promise<ValidationResponse> {
  const { grant, claims } = await planToken(issuance, caller, json, scope);
  return {
    claims,
    binding: grant.binding.id,
    profile: grant.profile,
    serviceAccount: grant.serviceAccount,
    expiresInSeconds: claims.exp - issuance.now(),
  };
}

async function planToken(
  { policySource, audit, ownAudiences, now }: Issuance,
  caller: Caller,
  json: JsonResult,
  scope: RequestScope,
): Promise<Plan> {
  const loaded = await policySource.current();
  const request = parseClaimRequest(json, { now: now(), signers: loaded.policy.signers });
  const access = { ...request, kind: 'jwt' as const, member: caller.member };
  const decision = decide(loaded.policy, access, { now: now(), ownAudiences });
  const entry = describeDecision(decision, caller, request.claims, loaded, scope);
  if (decision.grant === undefined) {
    audit.record(entry);
    throw denial(caller.member, decision.refusals);
  }
  const { grant } = decision;
  const claims = buildClaimsSet(
    request.claims,
    {
      signer: grant.serviceAccount,
      profile: grant.profile,
      ttlSeconds: grant.ttlSeconds,
      setClaims: fillSetClaims(grant, caller.member),
    },
    now(),
  );
  return {
    grant,
    claims,
    reuseKey: reuseKeyOf(caller, grant, request.claims, loaded),
    audit: { ...entry, sub: claims.sub, ttlSeconds: claims.exp - now() },
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
  { reuse, signer, now }: Issuance,
  { grant, claims, reuseKey }: Plan,
  fresh: boolean,
  scope: RequestScope,
): Promise<{ token: SignedToken; reused: boolean }> {
  const sign = async (): Promise<SignedToken> => {
    const { serviceAccount, delegates } = grant;
    const signed = await signer.signJwt({ serviceAccount, delegates, claims }, scope);
    checkSignedJwt(signed, claims);
    return { token: signed.signedJwt, kid: signed.keyId, claims };
  };
  if (reuseKey === undefined) return { token: await sign(), reused: false };
  if (fresh) return { token: await reuse.renew(reuseKey, sign), reused: false };
  return reuse.get(reuseKey, now(), sign);
}

function denial(member: string, refusals: Refusal[]): Problem {
  if (refusals.length === 0) {
    const detail = `No binding names ${member}. Have one added to the policy, or ask as a member that one names.`;
    return new Problem('policy_denied', detail);
  }
  const errors: ProblemFault[] = refusals.map(({ binding, fault }) => ({
    ...fault,
    hint: `Binding ${binding}: ${fault.hint}`,
  }));
  const detail = `No binding allows this whole request to ${member}; errors lists, for each that names it, what failed first.`;
  return new Problem('policy_denied', detail, { errors });
}

function describeDecision(
  { grant }: Decision,
  caller: Caller,
  claims: { aud: string | string[]; sub?: string; jti?: string },
  { digest }: LoadedPolicy,
  { requestId, traceparent }: RequestScope,
): AuditEntry {
  return {
    decision: grant === undefined ? 'deny' : 'allow',
    caller: caller.member,
    kind: 'jwt',
    // A query may hold what its owner would not want in a log.
    aud: audiencesOf(claims.aud).map((audience) => audience.split('?', 1)[0] ?? ''),
    sub: claims.sub,
    ttlSeconds: undefined,
    binding: grant?.binding.id,
    profile: grant?.profile,
    serviceAccount: grant?.serviceAccount,
    policyDigest: digest,
    reused: undefined,
    kid: undefined,
    jti: claims.jti,
    tokenSha256: undefined,
    code: grant === undefined ? 'policy_denied' : undefined,
    requestId,
    traceparent,
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
