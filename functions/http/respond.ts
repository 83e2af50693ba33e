import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../contract/problem.ts';
import type { Answer } from './exchange.ts';
import { headerValues } from './headers.ts';
import { MethodNotAllowed } from './routes.ts';

/** Sends the answer as JSON, not to be stored unless it says otherwise. */
export function respond(response: ServerResponse, { status, headers, body }: Answer): void {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** The problem document (RFC 9457) as an answer, with the headers that its code has. */
export function problemAnswer(problem: Problem, request: IncomingMessage, requestId: string): Answer {
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
function challenge(request: IncomingMessage): string {
  const realm = 'Bearer realm="countersign"';
  return headerValues(request, 'authorization').length === 0 ? realm : `${realm}, error="invalid_token"`;
}

/** Any error as a Problem; a foreign one says nothing of itself, since it might hold what it worked on. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem('internal', 'The function met a fault of its own; its log has it under this instance.');
}
