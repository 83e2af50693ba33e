import type { Contract, ProblemRow } from './contract.ts';
import { banner } from './files.ts';

/** The function's problem table as a typed constant. */
export function generateProblems(contract: Contract): string {
  return `${banner}${problemTable(contract.problems)}`;
}

/** The SDK's problem table: the function's codes and its own, each with what a program needs of it. */
export function generateSdkProblems(contract: Contract): string {
  const codes = Object.entries({ ...contract.problems, ...contract.sdkProblems });
  const union = codes.map(([code, row]) => `  /** ${row.title}. ${row.remedy} */\n  | '${code}'`).join('\n');
  const retryable = codes.filter(([, row]) => row.retryable).map(([code]) => code);
  return `${banner}/** Every code that a CountersignError can have. */
export type ProblemCode =
${union};

/** The codes after which the same call may succeed later. */
export const retryableCodes: ReadonlySet<string> = new Set<ProblemCode>(${toSource(retryable)});
`;
}

/** The SDK's operations: method and path of each, as the contract has them. */
export function generateSdkOperations(contract: Contract): string {
  const rows = Object.entries(contract.operations).map(
    ([id, { method, path, summary }]) => `  /** ${summary} */\n  ${id}: ${toSource({ method, path })},`,
  );
  return `${banner}export const operations = {\n${rows.join('\n')}\n} as const;\n`;
}

function problemTable(problems: Record<string, ProblemRow>): string {
  const rows = Object.entries(problems).map(([code, row]) => `  ${code}: ${toSource(row)},`);
  return `/** Each problem code with its status, title, whether to retry, and what to do. */
export const problems = {\n${rows.join('\n')}\n} as const;

export type ProblemCode = keyof typeof problems;
`;
}

function toSource(value: unknown): string {
  return JSON.stringify(value, null, 1)
    .replaceAll(/\n\s*/g, ' ')
    .replaceAll(/"(\w+)": /g, '$1: ');
}
