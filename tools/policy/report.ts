/** What a command has to say, to people and to programs, and the code that it ends with. */
export interface Report {
  lines: string[];
  /** The same for `--json`. */
  json: object;
  exitCode: number;
}

/** A command that can't be run as it was asked for; the message says what is wrong with it. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}
