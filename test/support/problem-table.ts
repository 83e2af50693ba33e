import { expect } from 'vitest';
import { type ProblemCode, problems } from '../../functions/contract/generated/problems.ts';

export interface SeenAnswer {
  readonly status: number;
  /** The value of its Content-Type header. */
  readonly type: string | null | undefined;
  readonly body: string;
}

/** Why an answer of the function is none that the contract has; undefined where it is one. */
export function findFault({ status, type, body }: SeenAnswer): string | undefined {
  if (status === 204) return body === '' ? undefined : '204 with a body';
  if (status === 200) return type === 'application/problem+json' ? 'a problem with status 200' : undefined;
  if (type !== 'application/problem+json') return `${status} as ${type}`;
  const problem = JSON.parse(body);
  const row = problems[problem.code as ProblemCode];
  if (row === undefined) return `a code that no table has: ${problem.code}`;
  if (row.status !== status || problem.status !== status) return `${problem.code} with status ${status}`;
  if (problem.type !== `urn:countersign:problem:${problem.code}`) return `type ${problem.type}`;
  return /^urn:uuid:[0-9a-f-]{36}$/.test(problem.instance) ? undefined : `instance ${problem.instance}`;
}

/** A problem of the table with this code, in the contract's form. */
export function expectProblem(answer: SeenAnswer | undefined, code: string): void {
  expect(answer && findFault(answer)).toBeUndefined();
  expect(JSON.parse(answer?.body ?? '{}')).toMatchObject({ code });
}
