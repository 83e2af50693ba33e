import type { ValidateFunction } from 'ajv';
import type { IdTokenRequest, ProblemFault, SignatureRequest } from '../contract/generated/types.ts';
import { validateIdTokenRequest, validateSignatureRequest } from '../contract/generated/validators.js';
import { Problem } from '../contract/problem.ts';
import { checkAudience } from './audience.ts';
import type { JsonResult } from './parse-json.ts';
import { toFaults } from './schema-faults.ts';

/** The ID token request that the JSON holds. @throws Problem `invalid_request` with every fault at once */
export function parseIdTokenRequest(json: JsonResult): IdTokenRequest {
  const { aud } = { ...(json.value as { aud?: unknown } | undefined) };
  const faults = checkAudience(aud).map((fault) => ({ ...fault, pointer: '/aud' }));
  return parse<IdTokenRequest>({ ...json, faults: [...json.faults, ...faults] }, validateIdTokenRequest);
}

/** The signature request that the JSON holds. @throws Problem `invalid_request` with every fault at once */
export function parseSignatureRequest(json: JsonResult): SignatureRequest {
  return parse<SignatureRequest>(json, validateSignatureRequest);
}

function parse<Request>({ value, faults }: JsonResult, validate: ValidateFunction): Request {
  const found = [...faults];
  if (value !== undefined && !validate(value)) found.push(...toFaults(validate.errors ?? [], value));
  refuse(found);
  return value as Request;
}

function refuse(faults: ProblemFault[]): void {
  if (faults.length === 0) return;
  const places = faults.map(({ pointer }) => pointer || 'the body').join(', ');
  throw new Problem('invalid_request', `Faults at ${places.slice(0, 400)}. Mend what errors lists.`, {
    errors: faults,
  });
}
