import { spawnSync } from 'node:child_process';
import { setTimeout } from 'node:timers/promises';
import type { Ended, Runner } from './execute.ts';

/** Runs commands as processes, without a shell between. */
export const runner: Runner = {
  run: ([command = '', ...args], input): Ended => {
    const { status, stdout, stderr, error } = spawnSync(command, args, {
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      ...(input !== undefined && { input }),
    });
    return { status: status ?? 1, stdout: stdout ?? '', stderr: stderr || (error?.message ?? '') };
  },
  print: (line) => console.log(line),
  pause: (seconds) => setTimeout(seconds * 1000),
};
