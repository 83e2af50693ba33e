import type { ErrorObject } from 'ajv';
import { fault, pointerTo } from '../tokens/fault.ts';
import { toFaults } from '../tokens/schema-faults.ts';
import { boundedRegExp, SlowPattern } from './bounded-reg-exp.ts';
import type { PrivateClaimsCheck } from './policy.ts';

const dialect = 'https://json-schema.org/draft/2020-12/schema';
const opening = ['additionalProperties', 'patternProperties', 'unevaluatedProperties'];

/**
 * Compiles a binding's schema of private claims, closed: a name that it does not list is denied. Answers the reason
 * where it does not compile. ajv is loaded only by a policy that has such a schema: it costs 40 ms of the start.
 */
export async function compilePrivateClaims(
  schema: Record<string, unknown> | undefined,
): Promise<PrivateClaimsCheck | { reason: string }> {
  if (schema === undefined) return denyAll;
  const open = opening.find((keyword) => schema[keyword] !== undefined && schema[keyword] !== false);
  if (open !== undefined)
    return { reason: `Remove ${open}: claims are closed, each is listed in properties.` };
  if (JSON.stringify(schema).includes('"$async"'))
    return { reason: 'Remove $async: claims are checked at once.' };
  if ((schema.$schema ?? dialect) !== dialect) return { reason: `Remove $schema, or make it ${dialect}.` };
  const [{ Ajv2020 }, { validateJsonSchema }] = await Promise.all([
    import('./ajv.ts'),
    import('../contract/generated/json-schema-validator.js'),
  ]);
  if (!validateJsonSchema(schema)) return { reason: describeSchemaErrors(validateJsonSchema.errors ?? []) };
  // No coercion, no defaults, no removal (ajv's own defaults): what was asked is what is signed. The schema is held
  // against JSON Schema above: ajv would compile that anew in each process, which costs 40 ms.
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    allowUnionTypes: true,
    meta: false,
    validateSchema: false,
    code: { regExp: boundedRegExp },
  });
  try {
    const validate = ajv.compile({ ...schema, type: 'object', additionalProperties: false });
    return (claims) => {
      try {
        if (validate(claims) === true) return [];
      } catch (error) {
        if (error instanceof SlowPattern) return [slowFault];
        throw error;
      }
      return toFaults(validate.errors ?? [], claims).map((each) => ({
        ...each,
        pointer: `/claims${each.pointer}`,
      }));
    };
  } catch (error) {
    return { reason: error instanceof Error ? error.message.slice(0, 200) : 'It does not compile.' };
  }
}

/** Whatever the schema would make of it, under `not` too: it denies. */
const slowFault = {
  ...fault('/claims', undefined, 'claims that the binding’s patterns decide on at once', 'Mend the pattern.'),
  actual: 'claims on which a pattern takes too long',
};

function describeSchemaErrors(errors: readonly ErrorObject[]): string {
  const texts = errors.map(({ instancePath, message }) => `${instancePath || 'it'} ${message}`);
  return `It is no JSON Schema: ${texts.join(', ')}`.slice(0, 200);
}

const denyAll: PrivateClaimsCheck = (claims) =>
  Object.keys(claims).map((name) =>
    fault(
      pointerTo('/claims', name),
      claims[name],
      'no private claim',
      'The binding lists no private claims.',
    ),
  );
