import type { ProblemFault } from '../../functions/contract/generated/types.ts';
import { contractHint } from '../../functions/tokens/schema-faults.ts';

/** One mistake in a file, as people read it; where it is, what was found, what was expected, what to do. */
export function renderMistake({ pointer, actual, expected, hint }: ProblemFault): string[] {
  return [`${pointer || 'the whole file'}`, `  found ${actual}`, `  expected ${expected}`, `  ${hint}`];
}

/** Mistakes of a file rather than of a request: what a schema's fault refers to is the file's own format. */
export function inFormat(mistakes: ProblemFault[], format: string): ProblemFault[] {
  return mistakes.map((each) => ({
    ...each,
    hint: each.hint.replace(contractHint, `The format is in ${format}.`),
  }));
}
