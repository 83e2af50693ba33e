import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The repository's root. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Where a process's output goes: to this one's own, into `output()`, or as it comes to a function. */
export type ProcessOutput = 'inherit' | 'keep' | ((text: string, name: string) => void);

export interface ProcessOptions {
  name: string;
  /** Where it runs. */
  folder: string;
  /** Arguments to this Node. */
  args: string[];
  env: Record<string, string>;
  /** Resolves once the process serves. */
  isReady: (child: ChildProcess) => Promise<void>;
  output: ProcessOutput;
}

export interface RunningProcess {
  /** All that it wrote, where its output is kept. */
  output: () => string;
  /** Resolves to its exit code once it has ended; null where a signal ended it. */
  ended: Promise<number | null>;
  stop: () => Promise<void>;
  /** Ends it at once, with nothing finished. */
  kill: () => Promise<void>;
}

const startMilliseconds = 30_000;
const stopMilliseconds = 10_000;

/** Starts a process and waits until it serves; one that ends before is an error with what it wrote. */
export async function startProcess(options: ProcessOptions): Promise<RunningProcess> {
  const { name, folder, args, env, isReady, output } = options;
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...inherited(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const kept: string[] = [];
  for (const [stream, target] of [
    [child.stdout, process.stdout],
    [child.stderr, process.stderr],
  ] as const) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      if (typeof output === 'function') return output(text, name);
      kept.push(text);
      if (output === 'inherit') target.write(text);
    });
  }
  const killWithParent = () => child.kill('SIGKILL');
  process.once('exit', killWithParent);
  const ended = once(child, 'exit').then(([code]: (number | null)[]) => {
    process.removeListener('exit', killWithParent);
    return code ?? null;
  });
  const kill = async () => {
    child.kill('SIGKILL');
    await ended;
  };
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopMilliseconds);
    await ended;
    clearTimeout(timer);
  };
  const early = ended.then(() => {
    throw new Error(`${name} ended before it served:\n${kept.join('')}`);
  });
  const late = new Promise<never>((_resolve, reject) => {
    setTimeout(
      () => reject(new Error(`${name} does not serve after 30 s:\n${kept.join('')}`)),
      startMilliseconds,
    ).unref();
  });
  early.catch(() => undefined);
  late.catch(() => undefined);
  try {
    await Promise.race([isReady(child), early, late]);
  } catch (error) {
    await stop();
    throw error;
  }
  return { output: () => kept.join(''), ended, stop, kill };
}

/** This process's environment, less what would make a local process speak to a real project. */
function inherited(): NodeJS.ProcessEnv {
  const { GOOGLE_APPLICATION_CREDENTIALS, K_SERVICE, ...rest } = process.env;
  return rest;
}

/** Waits until the URL answers 200. */
export async function untilServing(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
