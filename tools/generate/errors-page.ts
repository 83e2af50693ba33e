import type { Contract, ProblemRow } from './contract.ts';
import { pageBanner } from './files.ts';

/** `docs/errors.md`: one entry for each code of the problem tables, with who answers it. */
export function generateErrorsPage(contract: Contract): string {
  const codes = Object.entries(contract.problems);
  const own = Object.entries(contract.sdkProblems);
  return `${pageBanner('functions/contract/problems.json and sdk-problems.json')}# Errors

Every error is a problem document (RFC 9457, \`application/problem+json\`), and in the SDK a \`CountersignError\` with the same
\`code\`. \`detail\` says what was found and what to do, \`errors\` points to each fault of the request, and \`instance\` is the
request's name in the log (the SDK's \`requestId\`). None holds a token. The body's members are in
[api.md](api.md#problemdocument).

*Try again* says whether the same request may succeed later; it is \`retryable\` of the SDK's error. 429 and 503 say when, in
\`Retry-After\`.

${codes.map(([code, row]) => describe(code, row, answeredBy(contract, code))).join('\n')}
# The SDK's own

${own.map(([code, row]) => describe(code, row, 'Raised by the SDK; no answer has it.')).join('\n')}`;
}

function answeredBy({ operations }: Contract, code: string): string {
  const paths = Object.values(operations)
    .filter(({ problems }) => problems.includes(code))
    .map(({ method, path }) => `[\`${method} ${path}\`](api.md#${slugOf(`${method} ${path}`)})`);
  if (code === 'not_found') paths.push('any path that is none of the API’s');
  if (paths.length > 0) return `Answered by ${paths.join(', ')}.`;
  if (code.startsWith('delivery_'))
    return 'In the log and the dead letters of batches; no operation answers it.';
  return 'Answered by every path of the API.';
}

function describe(code: string, { status, title, retryable, remedy }: ProblemRow, where: string): string {
  const facts = [
    status === undefined ? undefined : `Status ${status}`,
    `try again: ${retryable ? 'yes' : 'no'}`,
  ];
  const line = facts.filter((fact) => fact !== undefined).join(', ');
  return `## \`${code}\`\n\n${title}. ${line[0]?.toUpperCase()}${line.slice(1)}.\n\n${remedy}\n\n${where}\n`;
}

/** The anchor that GitHub gives a heading. */
export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}
