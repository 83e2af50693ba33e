import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Problem } from '../contract/problem.ts';
import { inTime } from '../issuance/in-time.ts';
import type { RequestScope } from '../issuance/ports.ts';
import { authenticate } from './authenticate.ts';
import { createIdToken } from './create-id-token.ts';
import { createSignature } from './create-signature.ts';
import { createToken } from './create-token.ts';
import { deadlineOf } from './deadline.ts';
import type { Answer, AuthenticatedOperation, Exchange, HttpServices, OpenOperation } from './exchange.ts';
import { getContract } from './get-contract.ts';
import { getHealth } from './get-health.ts';
import { getIdentity } from './get-identity.ts';
import { getDefaultKeys, getKeys } from './get-keys.ts';
import { getPage } from './get-page.ts';
import { logFault } from './log-fault.ts';
import { problemAnswer, respond, toProblem } from './respond.ts';
import { findRoute, type OperationId, type Route } from './routes.ts';
import { traceparentOf } from './traceparent.ts';

/** How long one request may take in all; the SDK gives a call 10 s with its retries. */
const maxMilliseconds = 9_000;
/** What a step that knows the deadline has beyond it, to say in its own words what came too late. */
const graceMilliseconds = 50;

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
      deadline: deadlineOf(request, maxMilliseconds),
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
    const route = findRoute(request.method ?? 'GET', path);
    const exchange: Exchange = { request, query, parameters: route.parameters, scope };
    const operating = operate(services, exchange, route);
    return await inTime(
      operating,
      scope.deadline + graceMilliseconds,
      'The request took too long. Try again.',
    );
  } catch (error) {
    if (!(error instanceof Problem)) logFault(services.log, error, scope);
    return problemAnswer(toProblem(error), request, scope.requestId);
  }
}

async function operate(
  services: HttpServices,
  exchange: Exchange,
  { operationId, authenticated, queryNames }: Route,
): Promise<Answer> {
  const { request, query, scope } = exchange;
  if (!authenticated) return (operations[operationId] as OpenOperation)(services, exchange);
  const caller = await authenticate(request, services.callerVerifier, scope.deadline);
  if (request.method === 'POST') refuseUnknown(query, queryNames);
  return operations[operationId](services, exchange, caller);
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
