import type { Binding, Policy, ProblemFault } from '../contract/generated/types.ts';
import { validatePolicy } from '../contract/generated/validators.js';
import { fault, pointerTo } from '../tokens/fault.ts';
import { parseJson } from '../tokens/parse-json.ts';
import { toFaults } from '../tokens/schema-faults.ts';
import { type AudiencePattern, compileAudiencePattern } from './audience-pattern.ts';
import { checkMembers, checkPushAccounts, checkSetClaims } from './binding-rules.ts';
import { ownerOf } from './google-audience.ts';
import type { CompiledBinding, CompiledPolicy, PrivateClaimsCheck } from './policy.ts';
import { compilePrivateClaims } from './private-claims.ts';

/** A policy that can't be used: every mistake in it, each with a JSON Pointer into the file. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly mistakes: ProblemFault[];

  constructor(mistakes: ProblemFault[]) {
    super(
      mistakes
        .map((each) => `${each.pointer || 'the file'}: found ${each.actual}, expected ${each.expected}`)
        .join('; '),
    );
    this.mistakes = mistakes;
  }
}

/**
 * Compiles the text of a policy file.
 * @param runtimeAccount e-mail of the account that the function runs as, where it is known
 * @throws PolicyError with every mistake at once
 */
export async function parsePolicy(text: string, runtimeAccount?: string): Promise<CompiledPolicy> {
  const { value, faults } = parseJson(text);
  if (value !== undefined && !validatePolicy(value))
    faults.push(...toFaults(validatePolicy.errors ?? [], value));
  if (faults.length > 0) throw new PolicyError(faults);
  const policy = value as Policy;
  const mistakes: ProblemFault[] = [...checkMembers(policy, runtimeAccount), ...checkPushAccounts(policy)];
  const bindings: CompiledBinding[] = [];
  for (const [index, binding] of policy.bindings.entries()) {
    bindings.push(await compileBinding(binding, `/bindings/${index}`, mistakes));
  }
  if (mistakes.length > 0) throw new PolicyError(mistakes);
  return {
    bindings,
    byMember: indexByMember(bindings),
    signers: [...new Set(bindings.flatMap((each) => each.serviceAccounts))],
    topicByPushAccount: new Map(
      Object.entries(policy.pushAccounts ?? {}).map(([topic, account]) => [account, topic]),
    ),
  };
}

async function compileBinding(
  binding: Binding,
  pointer: string,
  mistakes: ProblemFault[],
): Promise<CompiledBinding> {
  mistakes.push(...checkSetClaims(binding, pointer));
  return {
    id: binding.id,
    members: binding.members,
    audiences: await compileAudiences(binding, pointer, mistakes),
    serviceAccounts: binding.serviceAccounts,
    kinds: binding.kinds ?? ['jwt'],
    profiles: binding.profiles ?? ['generic'],
    subjects: binding.subjects ?? ['$signer'],
    maxTtlSeconds: binding.maxTtlSeconds ?? 3600,
    delegates: binding.delegates ?? [],
    checkPrivateClaims: await compileClaims(binding, pointer, mistakes),
    setClaims: { ...binding.setClaims },
    multipleAudiences: binding.multipleAudiences ?? false,
    deliverTo: binding.deliverTo ?? [],
    jwkThumbprints: binding.jwkThumbprints ?? [],
    allowGoogleApis: binding.allowGoogleApis ?? false,
    allowRawBytes: binding.allowRawBytes ?? false,
  };
}

async function compileAudiences(
  binding: Binding,
  pointer: string,
  mistakes: ProblemFault[],
): Promise<AudiencePattern[]> {
  const compiled: AudiencePattern[] = [];
  for (const [index, source] of binding.audiences.entries()) {
    const at = pointerTo(pointerTo(pointer, 'audiences'), index);
    if (ownerOf(source) === 'forbidden') {
      const hint = 'A token for it could mint credentials or change rights; no binding can allow that.';
      mistakes.push(fault(at, source, 'an audience that is no Google service of this kind', hint));
      continue;
    }
    try {
      compiled.push(await compileAudiencePattern(source));
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      mistakes.push(fault(at, source, error.message, 'Write a literal audience or a narrower pattern.'));
    }
  }
  return compiled;
}

async function compileClaims(
  { claims }: Binding,
  pointer: string,
  mistakes: ProblemFault[],
): Promise<PrivateClaimsCheck> {
  const compiled = await compilePrivateClaims(claims as Record<string, unknown> | undefined);
  if (typeof compiled === 'function') return compiled;
  mistakes.push(fault(pointerTo(pointer, 'claims'), claims, 'a closed JSON Schema', compiled.reason));
  return () => [];
}

function indexByMember(bindings: CompiledBinding[]): Map<string, CompiledBinding[]> {
  const index = new Map<string, CompiledBinding[]>();
  for (const binding of bindings) {
    for (const member of binding.members) {
      const named = index.get(member);
      if (named) named.push(binding);
      else index.set(member, [binding]);
    }
  }
  return index;
}
