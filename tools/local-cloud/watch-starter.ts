import { spawnSync } from 'node:child_process';

const intervalMilliseconds = 1_000;

/**
 * Calls `end`, once, when the process that started this one is gone. npm hands no signal past the shell that it
 * starts a script in, and none at all where it is killed; neither reaches this process by itself.
 */
export function watchStarter(end: () => void): void {
  const { ppid } = process;
  const npm = npmBehind(ppid);
  const watch = setInterval(() => {
    // An orphan's parent is another process.
    if (process.ppid === ppid && (npm === undefined || isRunning(npm))) return;
    clearInterval(watch);
    end();
  }, intervalMilliseconds);
  watch.unref();
}

/** The process behind the shell that `npm start` has for a parent; undefined where the parent is no such shell. */
function npmBehind(shell: number): number | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'ppid=,args=', '-p', String(shell)], { encoding: 'utf8' });
  const line = stdout?.trim() ?? '';
  return line.endsWith('-c node tools/start.ts') ? Number.parseInt(line, 10) : undefined;
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
