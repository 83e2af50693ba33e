import { setImmediate } from 'node:timers/promises';
import type { ProblemFault } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import {
  type AccessRequest,
  type DecisionContext,
  decide,
  type Grant,
  type Refusal,
} from '../policy/decide.ts';
import { audiencesOf } from '../tokens/audience.ts';
import type { AuditEntry, AuditLog, Caller, LoadedPolicy, PolicySource, RequestScope } from './ports.ts';

/** What deciding needs of the world. */
export interface Authority {
  policySource: PolicySource;
  /** A second policy that is evaluated and put on record, and never decides. */
  shadowSource: PolicySource | undefined;
  audit: AuditLog;
  /** Countersign's own audiences, for which it signs nothing. */
  ownAudiences: readonly string[];
  /** The time, a NumericDate. */
  now: () => number;
}

/** The policies in force for one request. */
export interface Policies {
  loaded: LoadedPolicy;
  shadow: LoadedPolicy | 'unavailable' | undefined;
}

/** @throws Problem `policy_unavailable` where there is no valid policy; a shadow policy may be missing */
export async function currentPolicies({ policySource, shadowSource }: Authority): Promise<Policies> {
  const loaded = await policySource.current();
  if (shadowSource === undefined) return { loaded, shadow: undefined };
  // Nobody waits for it: one that is loaded is here at once.
  const evaluated = shadowSource.current().catch(() => 'unavailable' as const);
  return { loaded, shadow: await Promise.race([evaluated, setImmediate('unavailable' as const)]) };
}

/**
 * Decides by policy whether the caller may have what it asks for. An allowance is left for the caller of this to put
 * on record, with what came of it.
 * @throws Problem `policy_denied`, put on record here
 */
export function authorize(
  { audit, ownAudiences, now }: Authority,
  { loaded, shadow }: Policies,
  caller: Caller,
  request: Omit<AccessRequest, 'member'>,
  scope: RequestScope,
  validateOnly?: true,
): { grant: Grant; entry: AuditEntry } {
  const access: AccessRequest = { ...request, member: caller.member };
  const context = { now: now(), ownAudiences };
  const decision = decide(loaded.policy, access, context);
  const entry = {
    ...describe(decision.grant, access, loaded, scope, context.now),
    validateOnly,
    shadow: typeof shadow === 'object' ? describeShadow(shadow, access, context) : shadow,
  };
  if (decision.grant !== undefined) return { grant: decision.grant, entry };
  audit.record(entry);
  throw denial(access, decision.refusals);
}

function describeShadow(
  { policy, digest }: LoadedPolicy,
  access: AccessRequest,
  context: DecisionContext,
): AuditEntry['shadow'] {
  const { grant } = decide(policy, access, context);
  return { decision: grant ? 'allow' : 'deny', binding: grant?.binding.id, policyDigest: digest };
}

function denial({ member, kind }: AccessRequest, refusals: Refusal[]): Problem {
  if (refusals.length === 0) {
    const detail = `No binding names ${member}. Have one added to the policy, or ask as a member that one names.`;
    return new Problem('policy_denied', detail);
  }
  const errors: ProblemFault[] = refusals.map(({ binding, fault }) => ({
    ...fault,
    pointer: kind === 'id_token' ? idTokenPointer(fault.pointer) : fault.pointer,
    hint: `Binding ${binding}: ${fault.hint}`,
  }));
  const detail = `No binding allows this whole request to ${member}; errors lists, for each that names it, what failed first.`;
  return new Problem('policy_denied', detail, { errors });
}

/** An ID token is asked for by `aud` alone, outside of any claims. */
function idTokenPointer(pointer: string): string {
  return pointer === '/claims/aud' ? '/aud' : pointer.replace(/^\/(claims\/.*|ttlSeconds)$/, '');
}

function describe(
  grant: Grant | undefined,
  { kind, member, claims, ttlSeconds }: AccessRequest,
  { digest, loadedAt }: LoadedPolicy,
  { requestId, traceparent }: RequestScope,
  now: number,
): AuditEntry {
  return {
    decision: grant === undefined ? 'deny' : 'allow',
    caller: member,
    kind,
    // A query may hold what its owner would not want in a log.
    aud: claims && audiencesOf(claims.aud).map((audience) => audience.split('?', 1)[0] ?? ''),
    sub: claims?.sub,
    ttlSeconds,
    binding: grant?.binding.id,
    profile: kind === 'jwt' ? grant?.profile : undefined,
    serviceAccount: grant?.serviceAccount,
    policyDigest: digest,
    policyAgeSeconds: now - loadedAt,
    reused: undefined,
    kid: undefined,
    jti: claims?.jti,
    tokenSha256: undefined,
    code: grant === undefined ? 'policy_denied' : undefined,
    shadow: undefined,
    validateOnly: undefined,
    requestId,
    traceparent,
  };
}
