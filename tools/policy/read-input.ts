import { readFileSync } from 'node:fs';
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
