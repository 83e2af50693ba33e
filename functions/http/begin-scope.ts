import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Deadline, RequestScope } from '../issuance/ports.ts';
import { RequestMeter } from '../issuance/request-meter.ts';
import { startSpan } from './traceparent.ts';

/** What every step of the work for a request, which is to be done by the deadline, needs to know of it. */
export function beginScope(request: IncomingMessage, deadline: Deadline): RequestScope {
  return {
    requestId: randomUUID(),
    deadline,
    traceparent: startSpan(request),
    meter: new RequestMeter(),
  };
}
