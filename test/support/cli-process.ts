import { execFile } from 'node:child_process';
import { join } from 'node:path';
import type { Identity } from '../../emulator/emulator.ts';
import type { LocalFunction } from './function.ts';
import { root } from './imports.ts';

export interface CliProcess {
  exitCode: number;
  output: string;
  errors: string;
}

/** Runs the command line as a process of its own, with this environment beside PATH and nothing else. */
export function runCli(args: readonly string[], env: Record<string, string> = {}): Promise<CliProcess> {
  const main = join(root, 'sdk/src/cli/main.ts');
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [main, ...args],
      { env: { PATH: process.env.PATH, ...env } },
      (_, output, errors) => resolve({ exitCode: child.exitCode ?? -1, output, errors }),
    );
    child.stdin?.end();
  });
}

/** The environment of a process that runs as this identity of the function's local cloud. */
export function environmentOf({ emulator, url }: LocalFunction, identity: Identity): Record<string, string> {
  return { ...emulator.env(identity), COUNTERSIGN_LOCAL: 'true', COUNTERSIGN_URL: url };
}
