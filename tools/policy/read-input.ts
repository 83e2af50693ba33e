import { readFileSync } from 'node:fs';
import type { ProblemFault } from '../../functions/contract/generated/types.ts';
import { contractHint } from '../../functions/tokens/schema-faults.ts';
import { UsageError } from './report.ts';

const placeholder = 'PROJECT_ID';

/**
 * The text of a file, with the project's ID put for PROJECT_ID as `npm run deploy` does.
 * @throws UsageError where the file can't be read
 */
export function readInput(path: string, projectId: string | undefined): string {
  try {
    const text = readFileSync(path, 'utf8');
    return projectId === undefined ? text : text.replaceAll(placeholder, projectId);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UsageError(`${path} could not be read: ${code}. Give the path of a file.`);
  }
}

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
