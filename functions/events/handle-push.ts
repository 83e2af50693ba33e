import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ProblemCode } from '../contract/generated/problems.ts';
import { Problem } from '../contract/problem.ts';
import { beginScope } from '../http/begin-scope.ts';
import { logFault } from '../http/log-fault.ts';
import { logRequest } from '../http/log-request.ts';
import { readBody } from '../http/read-body.ts';
import { problemAnswer, respond, toProblem } from '../http/respond.ts';
import { MethodNotAllowed } from '../http/routes.ts';
import { DeliveryFailure } from '../issuance/delivery-ports.ts';
import type { Log } from '../issuance/log.ts';
import type { Caller, CallerVerifier, RequestScope } from '../issuance/ports.ts';
import { authenticatePush, refuseOtherSource } from './authenticate-push.ts';
import type { BatchLog } from './batch-log.ts';
import { type PushedMessage, readEvent } from './event.ts';
import type { Outcome } from './outcome.ts';
import { type ParsedMessage, parseMessage } from './parse-message.ts';
import { type BatchServices, processBatch } from './process-batch.ts';

/** What the batch target works with. */
export interface PushServices {
  batch: BatchServices;
  verifier: CallerVerifier;
  deadLetterTopic: string | undefined;
  batchLog: BatchLog;
  log: Log;
}

/** How long one event may take in all; the subscription's ack deadline is a minute. */
const eventMilliseconds = 50_000;
/** Pub/Sub's 10 MB of data in base64, and the envelope with its attributes. */
const maxBytes = 14_400_000;

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/**
 * The batch target: authenticates the push, works on its batch, and acknowledges with 204 whatever can never succeed.
 * What may succeed later is answered with the 5xx of its problem, so that Pub/Sub delivers the message again.
 */
export function createPushHandler(
  services: PushServices,
  { maxMilliseconds = eventMilliseconds }: { maxMilliseconds?: number } = {},
): Handler {
  return async (request, response) => {
    if (isHealthCheck(request)) return respond(response, { status: 200, body: { status: 'ok' } });
    const scope = beginScope(request, performance.now() + maxMilliseconds);
    const end = (status: number, code?: ProblemCode) =>
      logRequest(services.log, request, { operation: 'push', path: '/', status, code }, scope);
    try {
      if (request.method !== 'POST') throw new MethodNotAllowed('POST');
      await handlePush(services, request, scope);
      response.writeHead(204).end();
      end(204);
    } catch (error) {
      if (!(error instanceof Problem)) logFault(services.log, error, scope);
      const problem = toProblem(error);
      respond(response, problemAnswer(problem, request, scope.requestId));
      end(problem.status, problem.code);
    }
  };
}

function isHealthCheck({ method, url }: IncomingMessage): boolean {
  return (method === 'GET' || method === 'HEAD') && url?.split('?', 1)[0] === '/health';
}

async function handlePush(
  services: PushServices,
  request: IncomingMessage,
  scope: RequestScope,
): Promise<void> {
  const { batch, verifier } = services;
  const { issuance } = batch;
  const caller = await authenticatePush(request, { verifier, policySource: issuance.policySource }, scope);
  const pushed = await readPush(request, scope);
  if (pushed instanceof Problem) {
    return conclude(services, caller, unread, { kind: 'undeliverable', problem: pushed }, scope);
  }
  if (pushed.source !== undefined) refuseOtherSource(pushed.source, caller.sub);
  const message = await parseMessage(pushed, issuance.now());
  await conclude(services, caller, message, await processBatch(batch, caller, message, scope), scope);
}

/**
 * What no repetition mends is answered as a problem, since it is to be put on record and acknowledged. A body that
 * broke off or did not arrive in time is none of it: it comes again, whole.
 */
async function readPush(
  request: IncomingMessage,
  { deadline }: RequestScope,
): Promise<PushedMessage | Problem> {
  let body: Buffer;
  try {
    body = await readBody(request, { maxBytes, deadline });
  } catch (error) {
    if (error instanceof Problem && error.code === 'body_too_large') return error;
    throw error;
  }
  try {
    return readEvent(body);
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
}

const unread: ParsedMessage = {
  requestId: '',
  resource: undefined,
  destination: undefined,
  problem: undefined,
  items: [],
  notAfter: 0,
  digest: '',
};

async function conclude(
  services: PushServices,
  caller: Caller,
  message: ParsedMessage,
  outcome: Outcome,
  scope: RequestScope,
): Promise<void> {
  if (outcome.kind === 'undeliverable') await bury(services, caller, message, outcome.problem, scope);
  services.batchLog.record(caller, message, outcome, scope);
}

/** A record on the dead-letter topic: who asked for what delivery, and why it is none; never an item or a key. */
async function bury(
  { deadLetterTopic, batch, log }: PushServices,
  { sub }: Caller,
  { requestId, resource }: ParsedMessage,
  problem: Problem,
  scope: RequestScope,
): Promise<void> {
  if (deadLetterTopic === undefined) return;
  const document = problem.toDocument(scope.requestId);
  const record = Buffer.from(
    JSON.stringify({ topic: sub, requestId, deliverTo: resource, problem: document }),
  );
  try {
    await batch.publisher.publish(deadLetterTopic, [record], scope.deadline);
  } catch (error) {
    if (!(error instanceof DeliveryFailure)) throw error;
    const detail = `The dead-letter topic: ${error.reason}.`;
    if (!error.isPermanent) throw new Problem('delivery_unavailable', detail, { retryAfterSeconds: 5 });
    const { requestId: id, traceparent } = scope;
    log.error({ requestId: id, reason: error.reason, traceparent }, 'a record found no dead-letter topic');
  }
}
