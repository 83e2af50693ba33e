import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Clock } from '../cloud/clock.ts';
import type { Identity } from '../identity.ts';
import { ApiError, invalidArgument } from './api-error.ts';
import { type Answer, type ApiRequest, json, type Route } from './route.ts';

/** Google's front end: "Request payload size exceeds the limit: 10485760 bytes." */
const maxBodyBytes = 10_485_760;

interface ListenerOptions {
  readonly clock: Clock;
  readonly identity: Identity;
  readonly routes: readonly Route[];
}

/** Answers every request: read the body, find the route, handle, write. Nothing it is sent makes it throw. */
export function createListener({ clock, identity, routes }: ListenerOptions): RequestListener {
  return (incoming, outgoing) => {
    answer(incoming, identity, routes)
      .then((answered) => write(outgoing, answered, clock))
      .catch(() => outgoing.destroy());
  };
}

async function answer(
  incoming: IncomingMessage,
  identity: Identity,
  routes: readonly Route[],
): Promise<Answer> {
  try {
    const { pathname, searchParams } = parseUrl(incoming.url);
    const body = await readBody(incoming);
    const { route, params } = findRoute(routes, incoming.method, pathname);
    const { method = 'GET', headers } = incoming;
    const request: ApiRequest = {
      identity,
      method,
      path: pathname,
      query: searchParams,
      headers,
      params,
      body,
    };
    return await route.handle(request);
  } catch (error) {
    return errorAnswer(error);
  }
}

function findRoute(routes: readonly Route[], method: string | undefined, path: string) {
  for (const route of routes) {
    const match = route.method === method ? route.path.exec(path) : null;
    if (match) return { route, params: decodeParams(match.groups) };
  }
  throw new ApiError('NOT_FOUND', 'Method not found.');
}

function decodeParams(groups: Record<string, string | undefined> = {}): Record<string, string> {
  try {
    return Object.fromEntries(
      Object.entries(groups).map(([name, value = '']) => [name, decodeURIComponent(value)]),
    );
  } catch {
    throw invalidArgument();
  }
}

function parseUrl(url = '/'): URL {
  try {
    return new URL(`http://emulator${url}`);
  } catch {
    throw invalidArgument();
  }
}

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  if (size > maxBodyBytes)
    throw invalidArgument(`Request payload size exceeds the limit: ${maxBodyBytes} bytes.`);
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

/** An error that is not Google's is the emulator's own mistake; it is shown where the emulator runs. */
function errorAnswer(error: unknown): Answer {
  if (error instanceof ApiError)
    return json(error.body, { status: error.httpStatus, headers: error.headers });
  console.error('emulator:', error);
  return json(new ApiError('INTERNAL', 'Internal error encountered.').body, { status: 500 });
}

function write(outgoing: ServerResponse, { status, headers, body }: Answer, clock: Clock): void {
  outgoing.sendDate = false;
  outgoing.writeHead(status, {
    ...headers,
    date: new Date(clock.nowMs()).toUTCString(),
    'content-length': Buffer.byteLength(body),
  });
  outgoing.end(body);
}
