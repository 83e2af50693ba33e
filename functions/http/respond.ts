import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../contract/problem.ts';
import type { Answer } from './exchange.ts';
import { headerValues } from './headers.ts';
import { MethodNotAllowed } from './routes.ts';

/** Sends the answer. */
export function respond(response: ServerResponse, answer: Answer): void {
  const { status, headers, text } = toMessage(answer);
  response.writeHead(status, headers).end(text);
}

/** The answer as JSON, not to be stored unless it says otherwise. */
export function toMessage({ status, headers, body }: Answer) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const defaults = {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': String(Buffer.byteLength(text)),
  };
  return { status, headers: { ...defaults, ...headers }, text };
}

/** The problem document (RFC 9457) as an answer, with the headers that its code has; to no request where it was none. */
export function problemAnswer(
  problem: Problem,
  request: IncomingMessage | undefined,
  requestId: string,
): Answer {
  const headers: Record<string, string> = { 'content-type': 'application/problem+json' };
  if (problem instanceof MethodNotAllowed) headers.allow = problem.allow;
  if (problem.status === 401) headers['www-authenticate'] = challenge(request);
  if (problem.status === 429 || problem.status === 503) {
    headers['retry-after'] = String(problem.retryAfterSeconds ?? 1);
  }
  // What is left of a body that is not read would be taken for the next request.
  if (problem.code === 'body_too_large' || problem.code === 'deadline_exceeded') headers.connection = 'close';
  return { status: problem.status, headers, body: problem.toDocument(requestId) };
}

/** RFC 6750 section 3: no error code where no authentication was sent. */
function challenge(request: IncomingMessage | undefined): string {
  const realm = 'Bearer realm="countersign"';
  const isSent = request !== undefined && headerValues(request, 'authorization').length > 0;
  return isSent ? `${realm}, error="invalid_token"` : realm;
}

/** Any error as a Problem; a foreign one says nothing of itself, since it might hold what it worked on. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('internal', 'The function met a fault of its own; its log has it under this instance.');
}
