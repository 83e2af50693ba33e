import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { Cloud } from '../cloud/cloud.ts';
import type { Identity } from '../identity.ts';
import { deliver } from '../traffic/deliver.ts';
import { faultAnswer } from '../traffic/fault-answer.ts';
import type { Faults } from '../traffic/faults.ts';
import type { RequestLog } from '../traffic/request-log.ts';
import { ApiError, invalidArgument } from './api-error.ts';
import { bearerToken } from './authenticate.ts';
import { type Answer, findRoute, type HttpRequest, json, type Route } from './route.ts';

/** What Google's front end takes. */
const defaultMaxBodyBytes = 10_485_760;

export interface ListenerOptions {
  readonly cloud: Cloud;
  readonly identity: Identity;
  /** Google's paths: their calls are logged and meet the faults. */
  readonly routes: readonly Route[];
  /** The emulator's own paths: they are neither logged nor do they fail on demand. */
  readonly controls: readonly Route[];
  readonly faults: Faults;
  readonly log: RequestLog;
}

/** Answers every request: read it, find the route, meet the fault if one waits, handle, deliver. */
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
  const { cloud, identity, routes, controls, faults, log } = options;
  const { method = 'GET', headers, url = '/' } = incoming;
  const [path = '/', search = ''] = url.split(/\?(.*)/s);
  const { maxBodyBytes = defaultMaxBodyBytes } = findRoute(routes, { method, path })?.route ?? {};
  const body = await readBody(incoming, maxBodyBytes);
  if (body === undefined) return void (await deliver(outgoing, errorAnswer(bodyTooLarge(maxBodyBytes))));
  const query = new URLSearchParams(search);
  const request: HttpRequest = { identity, method, path, query, headers, body, transport: 'rest' };
  const control = findRoute(controls, request);
  if (control) return void (await deliver(outgoing, await answer(control, request)));

  const found = findRoute(routes, request);
  const api = found?.route.api ?? 'unknown';
  const fault = faults.take(api, identity);
  const caller = callerOf(cloud, request);
  const end = log.begin({ timeMs: cloud.clock.nowMs(), api, request, caller, fault: fault !== undefined });
  let status: number | null = null;
  try {
    if (fault?.latencyMs) await wait(fault.latencyMs, undefined, { ref: false });
    const isReplaced = fault?.status !== undefined;
    const answered = isReplaced
      ? faultAnswer(fault, fault.status, cloud.projectNumber)
      : await answer(found, request);
    const date = new Date(cloud.clock.nowMs()).toUTCString();
    status = await deliver(outgoing, { ...answered, headers: { ...answered.headers, date } }, fault);
  } finally {
    end(status);
  }
}

async function answer(found: ReturnType<typeof findRoute>, request: HttpRequest): Promise<Answer> {
  try {
    if (!found) throw new ApiError('NOT_FOUND', 'Method not found.');
    return await found.route.handle({ ...request, params: found.params });
  } catch (error) {
    return errorAnswer(error);
  }
}

/** An error that is not Google's is the emulator's own mistake; it is shown where the emulator runs. */
function errorAnswer(error: unknown): Answer {
  if (error instanceof ApiError)
    return json(error.body, { status: error.httpStatus, headers: error.headers });
  console.error('emulator:', error);
  return json(new ApiError('INTERNAL', 'Internal error encountered.').body, { status: 500 });
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

function callerOf(cloud: Cloud, { headers }: HttpRequest): string | null {
  const token = bearerToken(headers.authorization);
  return (token && cloud.accessTokens.find(token)?.email) || null;
}
