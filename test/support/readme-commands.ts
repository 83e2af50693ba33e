import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './imports.ts';

/** The commands that a README shows in `sh` blocks under a heading, each with the lines that it goes on over. */
export function commandsOf(file: string, heading: string): string[] {
  const [, after = ''] = readFileSync(join(root, file), 'utf8').split(`\n## ${heading}\n`);
  const [section = ''] = after.split('\n## ');
  return [...section.matchAll(/```sh\n(.*?)```/gs)].flatMap(([, block = '']) =>
    block.trim().split(/(?<![\\|])\n/),
  );
}

/** Runs a command in a shell. One that serves until it is interrupted is, once it has written its first line. */
export async function runInShell(
  command: string,
  { cwd, env }: { cwd: string; env: Record<string, string> },
): Promise<{ exitCode: number | null; output: string }> {
  const child = spawn('sh', ['-c', command], {
    cwd,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let output = '';
  const serves = / page$/.test(command);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    // The shell and what it started are one process group.
    if (serves && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  });
  const [exitCode] = await once(child, 'close');
  return { exitCode, output };
}
