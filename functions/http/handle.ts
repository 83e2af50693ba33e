import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../contract/problem.ts';
import { traceMembers } from '../issuance/log.ts';
import type { RequestScope } from '../issuance/ports.ts';
import { authenticate } from './authenticate.ts';
import { createIdToken } from './create-id-token.ts';
import { createSignature } from './create-signature.ts';
import { createToken } from './create-token.ts';
import type { Answer, AuthenticatedOperation, Exchange, HttpServices, OpenOperation } from './exchange.ts';
import { getContract } from './get-contract.ts';
import { getHealth } from './get-health.ts';
import { getIdentity } from './get-identity.ts';
import { getDefaultKeys, getKeys } from './get-keys.ts';
import { getPage } from './get-page.ts';
import { headerValues } from './headers.ts';
import { problemAnswer, respond, toProblem } from './respond.ts';
import { findRoute, type OperationId } from './routes.ts';

/** How long one request may take in all; the SDK gives a call 10 s with its retries. */
const maxMilliseconds = 9_000;

const operations: Record<OperationId, AuthenticatedOperation | OpenOperation> = {
  createToken,
  createIdToken,
  createSignature,
  getIdentity,
  getKeys,
  getDefaultKeys,
  getContract,
  getHealth,
  getPage,
};

export type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The HTTP target: finds the operation, authenticates the caller where it asks for one, and answers. */
export function createHandler(services: HttpServices): Handler {
  return async (request, response) => {
    const scope: RequestScope = {
      requestId: randomUUID(),
      deadline: performance.now() + maxMilliseconds,
      traceparent: traceparentOf(request),
    };
    respond(response, await answer(services, request, scope));
  };
}

async function answer(
  services: HttpServices,
  request: IncomingMessage,
  scope: RequestScope,
): Promise<Answer> {
  try {
    const [path, query] = splitUrl(request.url ?? '/');
    const { operationId, authenticated, parameters, queryNames } = findRoute(request.method ?? 'GET', path);
    const exchange: Exchange = { request, query, parameters, scope };
    if (!authenticated) return await (operations[operationId] as OpenOperation)(services, exchange);
    const caller = await authenticate(request, services.callerVerifier, scope.deadline);
    if (request.method === 'POST') refuseUnknown(query, queryNames);
    return await operations[operationId](services, exchange, caller);
  } catch (error) {
    if (!(error instanceof Problem)) logFault(services, error, scope);
    return problemAnswer(toProblem(error), request, scope.requestId);
  }
}

function splitUrl(url: string): [path: string, query: URLSearchParams] {
  const at = url.indexOf('?');
  return at === -1
    ? [url, new URLSearchParams()]
    : [url.slice(0, at), new URLSearchParams(url.slice(at + 1))];
}

/** A query parameter that is misspelt or out of place would be lost, and with validateOnly the request would sign. */
function refuseUnknown(query: URLSearchParams, known: readonly string[]): void {
  const unknown = [...query.keys()].find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const takes = known.length === 0 ? 'no query parameters' : `the query parameters ${known.join(', ')}`;
  throw new Problem(
    'invalid_request',
    `There is a query parameter that it does not know; the path takes ${takes}.`,
  );
}

/** Name and place of a fault; its message may hold a token, and is left out. */
function logFault({ log }: HttpServices, error: unknown, { requestId, traceparent }: RequestScope): void {
  const { name, stack } = error instanceof Error ? error : { name: typeof error, stack: '' };
  const frames = stack?.split('\n').filter((line) => /^\s+at /.test(line));
  log.error(
    { requestId, error: name, frames, ...traceMembers(traceparent) },
    'a request met an internal fault',
  );
}

/** The request's trace: W3C `traceparent`, or Google's older header in that form. */
function traceparentOf(request: IncomingMessage): string | undefined {
  const [value] = headerValues(request, 'traceparent');
  if (value !== undefined && /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(value)) return value;
  const [older = ''] = headerValues(request, 'x-cloud-trace-context');
  const [, traceId, span] = /^([0-9a-f]{32})\/(\d{1,20})(?:;o=\d)?$/.exec(older) ?? [];
  if (traceId === undefined || span === undefined) return undefined;
  return `00-${traceId}-${BigInt.asUintN(64, BigInt(span)).toString(16).padStart(16, '0')}-01`;
}
