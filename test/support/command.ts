import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';
import { root } from './imports.ts';

export interface Command {
  child: ChildProcess;
  /** What it has written so far, both streams. */
  output: () => string;
  /** Its exit code, once it has ended. */
  ended: Promise<number | null>;
}

/** Runs one of the repository's commands with this Node, and kills it with the test. */
export function runCommand(args: string[], env: Record<string, string> = {}): Command {
  const child = spawn(process.execPath, args, { cwd: root, env: { ...process.env, ...env } });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output: () => text, ended: once(child, 'exit').then(([code]) => code) };
}

/** Waits until the command has written a line of this form. */
export async function untilWritten({ output, child }: Command, line: RegExp): Promise<void> {
  while (!line.test(output())) {
    if (child.exitCode !== null) throw new Error(`ended before it wrote ${line}:\n${output()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
