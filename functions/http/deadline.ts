import type { IncomingMessage } from 'node:http';
import type { Deadline } from '../issuance/ports.ts';
import { headerValues } from './headers.ts';

/** Of the time that the caller has, what is spent here; the rest is the answer's way back. */
const shareSpent = 0.9;

/**
 * When the work for a request must be done: after `maxMilliseconds`, or sooner where the caller has less time. It says
 * so in `X-Server-Timeout`, the seconds it still waits, by the name that Google's REST APIs have for it. A value that
 * is none is no reason to refuse the request.
 */
export function deadlineOf(request: IncomingMessage, maxMilliseconds: number): Deadline {
  const [value = ''] = headerValues(request, 'x-server-timeout');
  const isNumber = /^\d{1,6}(\.\d{1,9})?$/.test(value);
  const asked = isNumber ? Number(value) * 1000 * shareSpent : Number.POSITIVE_INFINITY;
  return performance.now() + Math.min(maxMilliseconds, asked);
}
