import type { ProblemFault } from '../../functions/contract/generated/types.ts';
import { Ajv2020 } from '../../functions/policy/ajv.ts';
import type { Kind } from '../../functions/policy/policy.ts';
import { fault, pointerTo } from '../../functions/tokens/fault.ts';
import { parseJson } from '../../functions/tokens/parse-json.ts';
import { toFaults } from '../../functions/tokens/schema-faults.ts';
import schema from './cases.schema.json' with { type: 'json' };
import { inFormat } from './mistakes.ts';

/** One request, and what the policy must make of it. */
export interface PolicyCase {
  name: string;
  member: string;
  kind?: Kind;
  request: Record<string, unknown>;
  expect: 'allow' | 'deny';
  binding?: string;
  pointer?: string;
  code?: string;
}

export interface PolicyCases {
  now?: number;
  ownAudiences?: string[];
  cases: PolicyCase[];
}

const validate = new Ajv2020({ allErrors: true }).compile<PolicyCases>(schema);

/** The cases that a file holds, or every mistake in it. */
export function parseCases(text: string): { cases: PolicyCases } | { mistakes: ProblemFault[] } {
  const { value, faults } = parseJson(text);
  const isValid = value !== undefined && validate(value);
  const found =
    isValid || value === undefined ? faults : [...faults, ...toFaults(validate.errors ?? [], value)];
  const mistakes = isValid ? [...found, ...checkExpectations(value)] : found;
  if (!isValid || mistakes.length > 0)
    return { mistakes: inFormat(mistakes, 'tools/policy/cases.schema.json') };
  return { cases: value };
}

/** An expectation that the other outcome could never meet would go unchecked. */
function checkExpectations({ cases }: PolicyCases): ProblemFault[] {
  return cases.flatMap((each, index) => {
    const idle = each.expect === 'allow' ? (['pointer', 'code'] as const) : (['binding'] as const);
    return idle
      .filter((name) => each[name] !== undefined)
      .map((name) => {
        const hint = `Remove it: with expect ${JSON.stringify(each.expect)} it would never be looked at.`;
        return fault(pointerTo(`/cases/${index}`, name), each[name], 'no such member', hint);
      });
  });
}
