import { checkPolicy } from '../policy/check-policy.ts';
import { readInput } from '../policy/read-input.ts';
import { UsageError } from '../policy/report.ts';

/** A policy that the functions would refuse, or that can't be read: every mistake, as `npm run policy` prints them. */
export class PolicyUnusable extends Error {
  override readonly name = 'PolicyUnusable';
}

/**
 * What `npm run policy -- check` says of a valid policy, in one line.
 * @throws PolicyUnusable
 */
export async function readPolicy(path: string): Promise<string> {
  const { lines, exitCode } = await checkPolicy(path, readText(path));
  if (exitCode !== 0) throw new PolicyUnusable(lines.join('\n'));
  return lines.join('\n');
}

function readText(path: string): string {
  try {
    return readInput(path, undefined);
  } catch (error) {
    throw error instanceof UsageError ? new PolicyUnusable(error.message) : error;
  }
}
