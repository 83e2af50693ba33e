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
 * access to its server; Node publishes it with each request, before the request reaches a listener.
 */
export function installFront(): void {
  const onFirstRequest = (message: unknown) => {
    unsubscribe(channel, onFirstRequest);
    const { server } = message as { server: Server };
    const listeners = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      delete request.headers['content-type'];
      request.url = readablePath(request.url ?? '/');
      for (const listener of listeners) listener(request, response);
    });
    drainOnSigterm(server);
  };
  subscribe(channel, onFirstRequest);
}

/** The framework answers a path that can't be decoded with an HTML page; as a path of no route it is a problem of ours. */
function readablePath(url: string): string {
  try {
    decodeURIComponent(url.split('?', 1)[0] ?? '');
    return url;
  } catch {
    return '/undecodable';
  }
}
