/** Exit codes of every command. */
export const exitCodes = { done: 0, invalid: 1, usage: 2, undecided: 3 } as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** What a command needs of the process around it, so that a test can stand in for it. */
export interface Surroundings {
  env: Readonly<Record<string, string | undefined>>;
  /** Reads standard input, at most `limit` characters and a few more. */
  readInput(limit: number): Promise<string>;
  print(text: string): void;
  printError(text: string): void;
  inputIsTerminal: boolean;
  outputIsTerminal: boolean;
  /** Resolves when the process is asked to end. */
  interrupted(): Promise<void>;
}

export type Command = (args: string[], surroundings: Surroundings) => Promise<ExitCode>;

/** A command line that makes no sense: the message says why, and the command exits with 2. */
export class UsageError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'UsageError';
  }
}
