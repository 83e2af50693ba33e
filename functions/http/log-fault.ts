import type { Log } from '../issuance/log.ts';
import type { RequestScope } from '../issuance/ports.ts';

/** Name and place of a fault; its message may hold a token, and is left out. */
export function logFault(log: Log, error: unknown, { requestId, traceparent }: RequestScope): void {
  const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: '' };
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  log.error(
    { logType: 'fault', requestId, error: name, frames, traceparent },
    'a request met an internal fault',
  );
}
