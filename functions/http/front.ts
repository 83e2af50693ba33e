import { randomUUID } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Problem } from '../contract/problem.ts';
import { drainOnSigterm } from './drain.ts';
import { headerValues } from './headers.ts';
import { answerProtocolErrors } from './protocol-errors.ts';
import { problemAnswer, respond } from './respond.ts';

const channel = 'http.server.request.start';
/** Whoever sends headers slower than this holds a connection for nothing. */
const maxHeadersMilliseconds = 10_000;
/** More than a batch may take; a body that nobody reads is not waited for longer. */
const maxRequestMilliseconds = 60_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Has the server of functions-framework call the handler, in place of the framework's Express, from the very first
 * request on.
 *
 * Express would read bodies of up to 1 GB, answer malformed JSON with an HTML page and print it to stderr; and the
 * framework runs a function in a `domain`, which makes each `await` of it thirty times dearer: three quarters of the
 * time of a request. The framework gives no access to its server; Node publishes it with each request, before the
 * request reaches a listener. `stopping` is aborted once the process has to end.
 */
export function installFront(handler: Handler, stopping: AbortController): void {
  const onFirstRequest = (message: unknown) => {
    unsubscribe(channel, onFirstRequest);
    const { server } = message as { server: Server };
    standInFront(server, handler);
    drainOnSigterm(server, stopping);
  };
  subscribe(channel, onFirstRequest);
}

/** Puts the handler in the place of the server's listeners, and has all that Node would answer by itself answered with a problem. */
export function standInFront(server: Server, handler: Handler): void {
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    if (!hasOneHost(request)) return refuseHost(request, response);
    // Node drops what came with an upgrade that is not made, and would read on in the middle of what follows.
    if (request.headers.upgrade !== undefined) response.setHeader('connection', 'close');
    request.url = pathOf(request.url ?? '/');
    handler(request, response);
  });
  // An expectation that is not known is no reason to answer without a document.
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  answerProtocolErrors(server);
  server.headersTimeout = maxHeadersMilliseconds;
  server.requestTimeout = maxRequestMilliseconds;
  // Node takes it with the options alone, and its own refusal has no document.
  Object.assign(server, { requireHostHeader: false });
}

/** RFC 9112 section 3.2: a request of HTTP/1.1 has one, and none has several. */
function hasOneHost(request: IncomingMessage): boolean {
  const count = headerValues(request, 'host').length;
  return count === 1 || (count === 0 && request.httpVersion === '1.0');
}

function refuseHost(request: IncomingMessage, response: ServerResponse): void {
  const problem = new Problem('invalid_request', 'The request has no Host header, or several. Send one.');
  const { headers, ...answer } = problemAnswer(problem, request, randomUUID());
  respond(response, { ...answer, headers: { ...headers, connection: 'close' } });
}

/** The target as a path: an absolute one is accepted (RFC 9112 section 3.2.2). */
function pathOf(target: string): string {
  const url = /^https?:\/\//i.test(target) && URL.canParse(target) ? new URL(target) : undefined;
  return url === undefined ? target : `${url.pathname}${url.search}`;
}
