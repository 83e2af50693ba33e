import type { ProblemFault } from '../../functions/contract/generated/types.ts';
import { Problem } from '../../functions/contract/problem.ts';
import { issueIdToken } from '../../functions/issuance/issue-id-token.ts';
import { issueSignature } from '../../functions/issuance/issue-signature.ts';
import { type Issuance, issueToken } from '../../functions/issuance/issue-token.ts';
import type { AuditEntry } from '../../functions/issuance/ports.ts';
import { RateLimit } from '../../functions/issuance/rate-limit.ts';
import { TokenReuse } from '../../functions/issuance/token-reuse.ts';
import type { DecisionContext } from '../../functions/policy/decide.ts';
import type { CompiledPolicy } from '../../functions/policy/policy.ts';
import { parseJson } from '../../functions/tokens/parse-json.ts';
import type { PolicyCase } from './parse-cases.ts';

/** What the function would do with a request. */
export type Outcome =
  | { allowed: true; binding: string }
  | { allowed: false; code: string; detail: string; errors: readonly ProblemFault[] };

/** Thrown in IAM's place: by then the request has been parsed, decided and built, and would be signed. */
const reachedSigner = new Error('The request reached the signer.');

/** Takes the request down the function's own path, as far as IAM, which is never called. */
export async function evaluateCase(
  policy: CompiledPolicy,
  { kind = 'jwt', member, request }: Pick<PolicyCase, 'kind' | 'member' | 'request'>,
  { now, ownAudiences }: DecisionContext,
): Promise<Outcome> {
  const records: AuditEntry[] = [];
  const stop = () => Promise.reject(reachedSigner);
  const issuance: Issuance = {
    policySource: { current: async () => ({ policy, digest: '', loadedAt: now }) },
    shadowSource: undefined,
    signer: { signJwt: stop, generateIdToken: stop, signBlob: stop },
    reuse: new TokenReuse(),
    rateLimit: new RateLimit(0),
    audit: { record: (entry) => void records.push(entry) },
    ownAudiences,
    now: () => now,
  };
  const caller = { member, sub: member };
  const scope = { requestId: '', deadline: Number.POSITIVE_INFINITY, traceparent: undefined };
  const json = parseJson(JSON.stringify(request));
  const issue = {
    jwt: () => issueToken(issuance, caller, json, { fresh: true }, scope),
    id_token: () => issueIdToken(issuance, caller, json, { fresh: true }, scope),
    signature: () => issueSignature(issuance, caller, json, scope),
  };
  try {
    await issue[kind]();
  } catch (error) {
    if (error === reachedSigner) return { allowed: true, binding: records.at(-1)?.binding ?? '' };
    if (!(error instanceof Problem)) throw error;
    return { allowed: false, code: error.code, detail: error.message, errors: error.errors ?? [] };
  }
  throw new Error('A token came without a signer.');
}
