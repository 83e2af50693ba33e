import type { ProblemFault, ProfileName, RequestedClaims } from '../contract/generated/types.ts';
import { audiencesOf } from '../tokens/audience.ts';
import { fault } from '../tokens/fault.ts';
import { privateClaimsOf } from '../tokens/registered-claims.ts';
import { checkDelivery, type Delivery } from './delivery.ts';
import { ownerOf } from './google-audience.ts';
import type { CompiledBinding, CompiledPolicy, Kind } from './policy.ts';

/** What is asked of the policy, of one kind, by one member. */
export interface AccessRequest {
  kind: Kind;
  member: string;
  /** The claims asked for: all of a JWT's, only `aud` of an ID token's, none for a signature. */
  claims?: RequestedClaims;
  ttlSeconds?: number;
  profile?: ProfileName;
  serviceAccount?: string;
  delegates?: string[];
  /** Whether a signature is to cover the bytes as they are. */
  raw?: boolean;
  /** Where a batch's tokens go; an answer to the caller itself has none. */
  delivery?: Delivery;
}

export interface DecisionContext {
  /** The time of the decision, a NumericDate. */
  now: number;
  /** Countersign's own audiences, for which it signs nothing. */
  ownAudiences: readonly string[];
}

/** What the binding grants, the request's gaps filled by it. */
export interface Grant {
  binding: CompiledBinding;
  profile: ProfileName;
  serviceAccount: string;
  ttlSeconds: number;
  delegates: string[];
}

/** One binding that names the member, and the first of its conditions that failed. */
export interface Refusal {
  binding: string;
  fault: ProblemFault;
}

export type Decision = { grant: Grant } | { grant: undefined; refusals: Refusal[] };

const defaultTtlSeconds = 3600;

/**
 * Finds the first binding, in file order, that names the member and allows the whole request. Pure.
 * Where none does, tells of the bindings that name the member, and of no other.
 */
export function decide(policy: CompiledPolicy, request: AccessRequest, context: DecisionContext): Decision {
  const refusals: Refusal[] = [];
  for (const binding of policy.byMember.get(request.member) ?? []) {
    const grant = fillFrom(binding, request, context);
    const failed = firstFailure(request, grant, context);
    if (failed === undefined) return { grant };
    refusals.push({ binding: binding.id, fault: failed });
  }
  return { grant: undefined, refusals };
}

function fillFrom(binding: CompiledBinding, request: AccessRequest, { now }: DecisionContext): Grant {
  const secondsAhead = Math.max(0, (request.claims?.iat ?? now) - now);
  return {
    binding,
    profile: request.profile ?? binding.profiles[0] ?? 'generic',
    serviceAccount: request.serviceAccount ?? binding.serviceAccounts[0] ?? '',
    ttlSeconds: request.ttlSeconds ?? Math.min(defaultTtlSeconds, binding.maxTtlSeconds - secondsAhead),
    delegates: request.delegates ?? [],
  };
}

function firstFailure(
  request: AccessRequest,
  grant: Grant,
  context: DecisionContext,
): ProblemFault | undefined {
  const failed =
    checkKind(request, grant) ??
    (request.delivery && checkDelivery(request.delivery, grant.binding)) ??
    checkSigner(request, grant) ??
    checkDelegates(grant) ??
    checkRaw(request, grant);
  if (failed !== undefined || request.claims === undefined) return failed;
  const refused =
    checkAudiences(request.claims, grant, context) ??
    checkSubject(request.claims, request.member, grant) ??
    checkLifetime(request.claims, request.ttlSeconds, grant, context);
  // An ID token has no profile and no private claims.
  if (refused !== undefined || request.kind === 'id_token') return refused;
  return checkProfile(grant) ?? checkPrivateClaims(request.claims, grant);
}

function checkPrivateClaims(claims: RequestedClaims, { binding, profile }: Grant): ProblemFault | undefined {
  return binding.checkPrivateClaims(privateClaimsOf(claims, profile))[0];
}

function checkKind({ kind }: AccessRequest, { binding }: Grant): ProblemFault | undefined {
  if (binding.kinds.includes(kind)) return undefined;
  return fault('', kind, `one of ${binding.kinds.join(', ')}`, 'The binding allows other kinds.');
}

function checkSigner(
  { claims }: AccessRequest,
  { binding, serviceAccount }: Grant,
): ProblemFault | undefined {
  if (!binding.serviceAccounts.includes(serviceAccount)) {
    const expected = `one of ${binding.serviceAccounts.join(', ')}`;
    return fault('/serviceAccount', serviceAccount, expected, 'The binding allows other signers.');
  }
  if (claims?.iss === undefined || claims.iss === serviceAccount) return undefined;
  return fault(
    '/claims/iss',
    claims.iss,
    JSON.stringify(serviceAccount),
    'The binding signs as another account.',
  );
}

function checkDelegates({ binding, delegates }: Grant): ProblemFault | undefined {
  const allowed = [[], ...binding.delegates];
  const isAllowed = allowed.some(
    (chain) => chain.length === delegates.length && chain.every((email, index) => email === delegates[index]),
  );
  if (isAllowed) return undefined;
  return fault('/delegates', delegates, 'a chain that the binding lists', 'The binding lists whole chains.');
}

function checkRaw({ raw = false }: AccessRequest, { binding }: Grant): ProblemFault | undefined {
  if (!raw || binding.allowRawBytes) return undefined;
  return fault('/raw', raw, 'false', 'The binding does not allow raw bytes; it needs allowRawBytes.');
}

function checkAudiences(
  { aud }: RequestedClaims,
  { binding }: Grant,
  { ownAudiences }: DecisionContext,
): ProblemFault | undefined {
  const audiences = audiencesOf(aud);
  if (audiences.length > 1 && !binding.multipleAudiences) {
    return fault('/claims/aud', aud, 'one audience', 'The binding does not allow several.');
  }
  for (const audience of audiences) {
    const failed = checkAudience(audience, binding, ownAudiences);
    if (failed) return failed;
  }
  return undefined;
}

function checkAudience(
  audience: string,
  binding: CompiledBinding,
  ownAudiences: readonly string[],
): ProblemFault | undefined {
  if (ownAudiences.some((own) => comparable(own) === comparable(audience))) {
    return fault('/claims/aud', audience, 'another audience', 'Countersign signs nothing for itself.');
  }
  const matching = binding.audiences.filter((pattern) => pattern.matches(audience));
  if (matching.length === 0) {
    const sources = binding.audiences.map(({ source }) => source).join(', ');
    return fault(
      '/claims/aud',
      audience,
      `one of ${sources}`.slice(0, 512),
      'The binding lists other audiences.',
    );
  }
  const owner = ownerOf(audience);
  if (owner === 'other') return undefined;
  if (owner === 'google' && binding.allowGoogleApis && matching.some(({ isLiteral }) => isLiteral))
    return undefined;
  const hint = 'It counts as Google’s: the binding needs allowGoogleApis and this very audience.';
  return fault('/claims/aud', audience, 'an audience that is not Google’s', hint);
}

/** ESPv2 and others compare audiences without scheme and final slash; so does this refusal. */
function comparable(audience: string): string {
  return audience
    .toLowerCase()
    .replace(/^https?:\/\//, '')
    .replace(/\/$/, '');
}

function checkProfile({ binding, profile }: Grant): ProblemFault | undefined {
  if (binding.profiles.includes(profile)) return undefined;
  return fault(
    '/profile',
    profile,
    `one of ${binding.profiles.join(', ')}`,
    'The binding allows other profiles.',
  );
}

function checkSubject(claims: RequestedClaims, member: string, grant: Grant): ProblemFault | undefined {
  const subject = claims.sub ?? grant.serviceAccount;
  const allowed = grant.binding.subjects.map((each) => {
    if (each === '$signer') return grant.serviceAccount;
    return each === '$caller' ? emailOf(member) : each;
  });
  if (allowed.includes(subject)) return undefined;
  return fault(
    '/claims/sub',
    claims.sub,
    `one of ${allowed.join(', ')}`,
    'The binding allows other subjects.',
  );
}

/** The e-mail of a member, or a topic's name. */
export function emailOf(member: string): string {
  return member.slice(member.indexOf(':') + 1);
}

function checkLifetime(
  claims: RequestedClaims,
  ttlSeconds: number | undefined,
  grant: Grant,
  { now }: DecisionContext,
): ProblemFault | undefined {
  const { maxTtlSeconds } = grant.binding;
  const hint = `The binding allows tokens that live at most ${maxTtlSeconds} seconds.`;
  if (claims.exp !== undefined) {
    const latest = Math.min(now, claims.iat ?? now) + maxTtlSeconds;
    if (claims.exp <= latest) return undefined;
    return fault('/claims/exp', claims.exp, `at most ${latest}`, hint);
  }
  if (grant.ttlSeconds < 1) return fault('/claims/iat', claims.iat, `before ${now + maxTtlSeconds}`, hint);
  const lifetime = grant.ttlSeconds + Math.max(0, (claims.iat ?? now) - now);
  if (lifetime <= maxTtlSeconds) return undefined;
  const pointer = ttlSeconds === undefined ? '/claims/iat' : '/ttlSeconds';
  return fault(pointer, ttlSeconds ?? claims.iat, `at most ${maxTtlSeconds} seconds of life`, hint);
}
