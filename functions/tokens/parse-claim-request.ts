import type { ClaimRequest, ProblemFault, ProfileName } from '../contract/generated/types.ts';
import { validateClaimRequest } from '../contract/generated/validators.js';
import { Problem } from '../contract/problem.ts';
import profileTable from '../contract/profiles.json' with { type: 'json' };
import { checkClaims } from './claim-rules.ts';
import { fault } from './fault.ts';
import type { JsonResult } from './parse-json.ts';
import { checkProfile } from './profiles.ts';
import { toFaults } from './schema-faults.ts';

export interface RequestContext {
  /** The time of the request, a NumericDate. */
  now: number;
  /** E-mails of all signers, the default one first. */
  signers: readonly string[];
}

/**
 * The claim request that the JSON holds, once every rule that needs no policy holds for it.
 * @throws Problem `invalid_claims` where any claim is at fault, else `invalid_request`; with every fault at once
 */
export function parseClaimRequest({ value, faults }: JsonResult, context: RequestContext): ClaimRequest {
  const found: ProblemFault[] = [];
  if (value !== undefined && !validateClaimRequest(value)) {
    found.push(...toFaults(validateClaimRequest.errors ?? [], value));
  }
  found.push(...faults);
  if (isObject(value) && isObject(value.claims))
    found.push(...checkRules(value, value.claims, context, found));
  const unique = [...new Map(found.reverse().map((each) => [each.pointer, each])).values()].reverse();
  if (unique.length > 0) throw toProblem(unique);
  return value as ClaimRequest;
}

type JsonObject = Record<string, unknown>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function checkRules(
  request: JsonObject,
  claims: JsonObject,
  { now, signers }: RequestContext,
  known: ProblemFault[],
): ProblemFault[] {
  const asked = typeof request.serviceAccount === 'string' ? request.serviceAccount : undefined;
  const signer = asked ?? signers[0];
  const found = [...checkClaims(claims, now), ...checkExclusive(request, claims)];
  if (isProfile(request.profile)) {
    found.push(...checkProfile(request.profile, claims, { signer: undefined, now, isWhole: false }));
  }
  found.push(...checkIssuer(claims.iss, asked === undefined ? signers : [asked], signer));
  // A faulty claims set is answered whole: then its iss and sub are held against the signer it would get.
  if ([...known, ...found].some(isClaimFault) && signer !== undefined) {
    found.push(...checkIssuer(claims.iss, [signer], signer), ...checkSubject(claims.sub, signer));
  }
  return found;
}

function isProfile(name: unknown): name is ProfileName {
  return typeof name === 'string' && Object.hasOwn(profileTable, name);
}

function checkExclusive({ ttlSeconds }: JsonObject, { exp }: JsonObject): ProblemFault[] {
  if (ttlSeconds === undefined || exp === undefined) return [];
  return [fault('/ttlSeconds', ttlSeconds, 'claims.exp or ttlSeconds, not both', 'Leave one of them out.')];
}

function checkIssuer(iss: unknown, allowed: readonly string[], signer: string | undefined): ProblemFault[] {
  if (typeof iss !== 'string' || signer === undefined || allowed.includes(iss)) return [];
  const hint = 'iss is the e-mail of the service account that signs; leave it out and it is filled in.';
  return [fault('/claims/iss', iss, JSON.stringify(signer), hint)];
}

function checkSubject(sub: unknown, signer: string): ProblemFault[] {
  if (typeof sub !== 'string' || sub === signer) return [];
  const hint = 'sub is the signer unless a binding allows another; leave it out and it is filled in.';
  return [fault('/claims/sub', sub, JSON.stringify(signer), hint)];
}

function isClaimFault({ pointer }: ProblemFault): boolean {
  return pointer === '/claims' || pointer.startsWith('/claims/');
}

function toProblem(faults: ProblemFault[]): Problem {
  const places = faults.slice(0, 8).map(({ pointer }) => pointer || 'the body');
  const code = faults.some(isClaimFault) ? 'invalid_claims' : 'invalid_request';
  const count = faults.length === 1 ? 'One fault' : `${faults.length} faults`;
  return new Problem(code, `${count}, at ${places.join(', ')}. Mend what errors lists.`, {
    errors: faults,
  });
}
