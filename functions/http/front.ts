import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { drainOnSigterm } from './drain.ts';

const channel = 'http.server.request.start';

/**
 * Stands in front of functions-framework's own listener, from the very first request on.
 *
 * The framework's body parsers run before the function: they answer malformed JSON with an HTML page, print the body
 * to stderr, and read up to 1 GB. A parser reads only what has a content type, so the type is hidden from them here
 * (`rawHeaders` keeps it), and the function reads the body itself, within its own limits. The framework gives no
 * access to its server; Node publishes it with each request, before the request reaches a listener. `stopping` is
 * aborted once the process has to end.
 */
export function installFront(stopping: AbortController): void {
  const onFirstRequest = (message: unknown) => {
    unsubscribe(channel, onFirstRequest);
    const { server } = message as { server: Server };
    const listeners = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      delete request.headers['content-type'];
      request.url = routablePath(request.url ?? '/');
      for (const listener of listeners) listener(request, response);
    });
    // An expectation that is not known is no reason to answer without a document.
    server.on('checkExpectation', (request, response) => server.emit('request', request, response));
    drainOnSigterm(server, stopping);
  };
  subscribe(channel, onFirstRequest);
}

/** Paths that the framework answers by itself, without a body. */
const ignoredPaths = /^\/(favicon\.ico|robots\.txt)(\/|\?|$)/;

/**
 * The target as a path (an absolute one is accepted, RFC 9112 section 3.2.2). What the framework would answer by
 * itself, with nothing or with an HTML page, is made a path of no route, so that it is a problem of ours.
 */
function routablePath(target: string): string {
  const url = /^https?:\/\//i.test(target) && URL.canParse(target) ? new URL(target) : undefined;
  const path = url === undefined ? target : `${url.pathname}${url.search}`;
  if (!path.startsWith('/') || ignoredPaths.test(path)) return '/unrouted';
  try {
    decodeURIComponent(path.split('?', 1)[0] ?? '');
    return path;
  } catch {
    return '/unrouted';
  }
}
