import type { ProblemFault } from '../generated/types.ts';

/** One fault of a request in a line: what to do, what was found, and what would be right. */
export function describeFault({ pointer, actual, expected, hint }: ProblemFault): string {
  return `${hint} ${pointer === '' ? 'The request' : pointer} is ${actual}; expected ${expected}.`;
}
