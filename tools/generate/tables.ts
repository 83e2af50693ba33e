import { type Contract, type ProblemRow, titleOf } from './contract.ts';
import { banner } from './files.ts';

/** The function's problem table as a typed constant. */
export function generateProblems(contract: Contract): string {
  return `${banner}${problemTable(contract.problems)}`;
}

/** The SDK's problem codes, the function's and its own, those whose 5xx says more than its status does, and their statuses. */
export function generateSdkProblems(contract: Contract): string {
  const codes = Object.entries({ ...contract.problems, ...contract.sdkProblems });
  const union = codes.map(([code, row]) => `  /** ${row.title}. ${row.remedy} */\n  | '${code}'`).join('\n');
  const lasting = codes.filter(([, { status = 0, retryable }]) => status >= 500 && !retryable);
  const lastWords = new Set(lasting.map(([code]) => code.split('_').at(-1)));
  const statuses = Object.entries(contract.problems).map(([code, { status }]) => `  ${code}: ${status},\n`);
  return `${banner}/** Every code that a CountersignError can have. */
export type ProblemCode =
${union};

/** The codes whose 5xx does not pass by itself, by their last words: every program that gets a token loads them. */
export const lastingCodes = /_(${[...lastWords].join('|')})$/;

/** The HTTP status of each code that the service answers with. */
export const statusOf: { readonly [Code in ProblemCode]?: number } = {
${statuses.join('')}};
`;
}

/** The SDK's operations, those that name a caller: method, path and, for the compiler, what goes in and comes out. */
export function generateSdkOperations(contract: Contract): string {
  const operations = Object.entries(contract.operations).filter(([, { authenticated }]) => authenticated);
  const title = (name: string | undefined) => (name === undefined ? 'undefined' : titleOf(contract, name));
  const types = operations.flatMap(([, { request, response }]) => [title(request), title(response)]);
  const imports = [...new Set(types)].filter((name) => name !== 'undefined').sort();
  const rows = operations.map(
    ([id, { method, path, summary, request, response }]) =>
      `/** ${summary} */\nexport const ${id}: Operation<${title(request)}, ${title(response)}> = { method: '${method}', path: '${path}' };\n`,
  );
  return `${banner}import type { ${imports.join(', ')} } from './types.ts';

/** A route of the contract. */
export interface Operation<Input, Output> {
  /** The HTTP method. */
  readonly method: 'GET' | 'POST';
  /** Of the service's URL, from its first slash. */
  readonly path: string;
  /** Never there: it only tells the compiler what goes in and what comes out. */
  readonly types?: (input: Input) => Output;
}

${rows.join('\n')}`;
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
