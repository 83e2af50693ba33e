import { Problem } from '../contract/problem.ts';
import type { Deadline } from './ports.ts';

/**
 * What `work` comes to, or `deadline_exceeded` with this detail where it is not done by then. The work itself is not
 * ended: others may wait for it, and it has a limit of its own.
 * @throws Problem `deadline_exceeded`, or what the work throws
 */
export async function inTime<Result>(
  work: Promise<Result>,
  deadline: Deadline,
  detail: string,
): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    const remaining = Math.max(0, deadline - performance.now());
    // A timer for longer fires at once.
    if (remaining < 2 ** 31)
      timer = setTimeout(() => reject(new Problem('deadline_exceeded', detail)), remaining);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
