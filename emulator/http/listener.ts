import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { deliver } from '../traffic/deliver.ts';
import { answerGoogle, answerRoute, errorAnswer, type GoogleOptions } from './answer-google.ts';
import { type ApiError, invalidArgument } from './api-error.ts';
import { findRoute, type HttpRequest, type Route } from './route.ts';

/** What Google's front end takes. */
const defaultMaxBodyBytes = 10_485_760;

export interface ListenerOptions extends GoogleOptions {
  /** The emulator's own paths: they are neither logged nor do they fail on demand. */
  readonly controls: readonly Route[];
}

/** Answers every request over HTTP/1.1: read it, then the controls, then Google's paths. */
export function createListener(options: ListenerOptions): RequestListener {
  return (incoming, outgoing) => {
    outgoing.sendDate = false;
    serve(incoming, outgoing, options).catch((error: unknown) => {
      // A client may leave in the middle of its request; anything else here is the emulator's own mistake.
      if (!incoming.destroyed) console.error('emulator:', error);
      outgoing.destroy();
    });
  };
}

async function serve(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: ListenerOptions,
): Promise<void> {
  const { identity, routes, controls } = options;
  const { method = 'GET', headers, url = '/' } = incoming;
  const [path = '/', search = ''] = url.split(/\?(.*)/s);
  const { maxBodyBytes = defaultMaxBodyBytes } = findRoute(routes, { method, path })?.route ?? {};
  const body = await readBody(incoming, maxBodyBytes);
  if (body === undefined) return void (await deliver(outgoing, errorAnswer(bodyTooLarge(maxBodyBytes))));
  const query = new URLSearchParams(search);
  const request: HttpRequest = { identity, method, path, query, headers, body, transport: 'rest' };
  const control = findRoute(controls, request);
  if (control) return void (await deliver(outgoing, await answerRoute(control, request)));
  await answerGoogle(request, options, (answer, fault) => deliver(outgoing, answer, fault));
}

/** The body; undefined when it is larger than that. */
async function readBody(incoming: IncomingMessage, maxBodyBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    size += chunk.length;
    if (size <= maxBodyBytes) chunks.push(chunk);
  }
  if (size > maxBodyBytes) return undefined;
  return chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks);
}

function bodyTooLarge(maxBodyBytes: number): ApiError {
  return invalidArgument(`Request payload size exceeds the limit: ${maxBodyBytes} bytes.`);
}
