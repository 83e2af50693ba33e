import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProblemCode } from '../contract/generated/problems.ts';
import { Problem } from '../contract/problem.ts';
import { inTime } from '../issuance/in-time.ts';
import type { RequestScope } from '../issuance/ports.ts';
import { authenticate } from './authenticate.ts';
import { beginScope } from './begin-scope.ts';
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
import { logRequest, type RequestOutcome } from './log-request.ts';
import { problemAnswer, respond, toProblem } from './respond.ts';
import { findRoute, type OperationId, type Route } from './routes.ts';

/** How long one request may take in all; the SDK gives a call 10 s with its retries. */
const maxMilliseconds = 9_000;
/** What a step that knows the deadline has beyond it, to say in its own words what came too late. */
const maxGraceMilliseconds = 50;
const graceShare = 0.05;

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
    const scope = beginScope(request, deadlineOf(request, maxMilliseconds));
    const route = routeOf(request);
    const { code, ...reply } = await answer(services, request, route, scope);
    respond(response, reply);
    // Nobody learns anything from a line for each look whether the process is there.
    if (route instanceof Problem || route.operationId !== 'getHealth' || code !== undefined) {
      logRequest(services.log, request, outcomeOf(route, reply.status, code), scope);
    }
  };
}

/** The route, or the problem that there is none. */
function routeOf({ method = 'GET', url = '/' }: IncomingMessage): Route | Problem {
  try {
    return findRoute(method, splitUrl(url)[0]);
  } catch (error) {
    return toProblem(error);
  }
}

function outcomeOf(route: Route | Problem, status: number, code: ProblemCode | undefined): RequestOutcome {
  if (route instanceof Problem) return { operation: undefined, path: undefined, status, code };
  return { operation: route.operationId, path: route.path, status, code };
}

async function answer(
  services: HttpServices,
  request: IncomingMessage,
  route: Route | Problem,
  scope: RequestScope,
): Promise<Answer & { code?: ProblemCode }> {
  try {
    if (route instanceof Problem) throw route;
    const [, query] = splitUrl(request.url ?? '/');
    const exchange: Exchange = { request, query, parameters: route.parameters, scope };
    const grace = Math.min(maxGraceMilliseconds, (scope.deadline - performance.now()) * graceShare);
    const operating = operate(services, exchange, route);
    return await inTime(operating, scope.deadline + grace, 'The request took too long. Try again.');
  } catch (error) {
    if (!(error instanceof Problem)) logFault(services.log, error, scope);
    const problem = toProblem(error);
    return { ...problemAnswer(problem, request, scope.requestId), code: problem.code };
  }
}

async function operate(
  services: HttpServices,
  exchange: Exchange,
  { operationId, authenticated, queryNames }: Route,
): Promise<Answer> {
  const { request, query, scope } = exchange;
  if (!authenticated) return (operations[operationId] as OpenOperation)(services, exchange);
  // Where it is not here yet, it is read while the caller is being verified; whoever comes to need it says what failed.
  services.issuance.policySource.current().catch(() => {});
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
