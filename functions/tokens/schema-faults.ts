import type { ErrorObject } from 'ajv';
import type { ProblemFault } from '../contract/generated/types.ts';
import { fault, pointerTo } from './fault.ts';
import { isNumericDate, numericDateHint } from './numeric-date.ts';

const numericDatePointer = /^\/claims\/(exp|iat|nbf)$/;
/** Where the format of a request is described; tools say it of their own files instead. */
export const contractHint = 'The contract is at /openapi.json.';

/** What ajv found wrong with `data`, as faults: one for each place, in the order that ajv found them. */
export function toFaults(errors: ErrorObject[], data: unknown): ProblemFault[] {
  const faults = new Map<string, ProblemFault>();
  for (const error of errors) {
    // What each branch of an anyOf lacks says less than that none of them fits.
    if (error.schemaPath.includes('/anyOf/')) continue;
    const found = toFault(error, data);
    if (!faults.has(found.pointer)) faults.set(found.pointer, found);
  }
  return [...faults.values()];
}

function toFault(error: ErrorObject, data: unknown): ProblemFault {
  const { keyword, params, instancePath } = error;
  if (keyword === 'required') {
    const pointer = pointerTo(instancePath, params.missingProperty);
    return fault(pointer, undefined, 'a value', `Add ${params.missingProperty}. ${contractHint}`);
  }
  if (keyword === 'additionalProperties') {
    const pointer = pointerTo(instancePath, params.additionalProperty);
    return fault(
      pointer,
      at(data, pointer),
      'no such member',
      `Remove it, or mend its name. ${contractHint}`,
    );
  }
  const actual = at(data, instancePath);
  if (numericDatePointer.test(instancePath) && !isNumericDate(actual)) {
    return fault(instancePath, actual, 'a NumericDate in whole seconds', numericDateHint(actual));
  }
  return fault(instancePath, actual, describeExpected(error), contractHint);
}

function describeExpected({ keyword, params, instancePath, message }: ErrorObject): string {
  if (instancePath === '/claims/aud') return 'one audience, or an array of distinct ones, none empty';
  switch (keyword) {
    case 'type':
      return /^[aeio]/.test(params.type) ? `an ${params.type}` : `a ${params.type}`;
    case 'enum':
      return `one of ${params.allowedValues.join(', ')}`;
    case 'minimum':
    case 'minLength':
    case 'minItems':
      return `at least ${params.limit}${unitOf(keyword)}`;
    case 'maximum':
    case 'maxLength':
    case 'maxItems':
    case 'maxProperties':
      return `at most ${params.limit}${unitOf(keyword)}`;
    default:
      return message ?? 'another value';
  }
}

function unitOf(keyword: string): string {
  if (keyword.endsWith('Length')) return ' characters';
  if (keyword.endsWith('Items')) return ' items';
  return keyword.endsWith('Properties') ? ' members' : '';
}

/** The value that a JSON Pointer names, or undefined where there is none. */
function at(data: unknown, pointer: string): unknown {
  let value = data;
  for (const segment of pointer.split('/').slice(1)) {
    if (typeof value !== 'object' || value === null) return undefined;
    const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    value = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  }
  return value;
}
