import type { Surroundings } from '../../sdk/src/cli/command.ts';
import { run } from '../../sdk/src/cli/run.ts';

export interface Ran {
  exitCode: number;
  output: string;
  errors: string;
}

/** Runs the command line in this process, with what would be standard input, and keeps what it prints. */
export async function runCommand(
  args: string[],
  { input, ...replaced }: Partial<Surroundings> & { input?: string } = {},
): Promise<Ran> {
  let output = '';
  let errors = '';
  const exitCode = await run(args, {
    env: {},
    readInput: async () => input ?? '',
    print: (text) => {
      output += text;
    },
    printError: (text) => {
      errors += text;
    },
    inputIsTerminal: input === undefined,
    outputIsTerminal: false,
    interrupted: async () => {},
    ...replaced,
  });
  return { exitCode, output, errors };
}
