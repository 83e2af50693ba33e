import type { IncomingMessage } from 'node:http';
import type { ProblemCode } from '../contract/generated/problems.ts';
import type { Log } from '../issuance/log.ts';
import type { RequestScope } from '../issuance/ports.ts';

/** What became of a request. */
export interface RequestOutcome {
  /** The contract's operation, undefined where the request was for none. */
  operation: string | undefined;
  /** Its path as the contract has it: the one that was sent may hold anything. */
  path: string | undefined;
  status: number;
  /** The code of the problem that was answered. */
  code: ProblemCode | undefined;
}

/**
 * One line for each request, beside the audit's for each decision: how it ended, how long it took, and what of that
 * was IAM's. `httpRequest` is as Cloud Logging knows it; of the request it has only what can't hold a secret.
 */
export function logRequest(
  log: Log,
  { method, httpVersion }: IncomingMessage,
  { operation, path, status, code }: RequestOutcome,
  { requestId, traceparent, meter }: RequestScope,
): void {
  const taken = meter?.read();
  const line = {
    logType: 'request',
    operation: operation ?? 'none',
    code: code ?? 'ok',
    ...taken,
    httpRequest: {
      requestMethod: method,
      requestUrl: path,
      status,
      protocol: `HTTP/${httpVersion}`,
      latency: taken && `${taken.latencyMilliseconds / 1000}s`,
    },
    requestId,
    traceparent,
  };
  const message = [method, path, status].filter((each) => each !== undefined).join(' ');
  if (status >= 500) log.error(line, message);
  else if (status >= 400) log.warn(line, message);
  else log.info(line, message);
}
