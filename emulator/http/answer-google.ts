import { setTimeout as wait } from 'node:timers/promises';
import type { Cloud } from '../cloud/cloud.ts';
import type { Identity } from '../identity.ts';
import type { Fault } from '../traffic/fault.ts';
import { faultAnswer } from '../traffic/fault-answer.ts';
import type { Faults } from '../traffic/faults.ts';
import type { RequestLog } from '../traffic/request-log.ts';
import { ApiError } from './api-error.ts';
import { bearerToken } from './authenticate.ts';
import { type Answer, findRoute, type HttpRequest, json, type Route } from './route.ts';

export interface GoogleOptions {
  readonly cloud: Cloud;
  readonly identity: Identity;
  /** Google's paths: their calls are logged and meet the faults. */
  readonly routes: readonly Route[];
  readonly faults: Faults;
  readonly log: RequestLog;
}

/** Writes an answer, damaged as the fault says; answers the status that the client can have seen. */
type Deliver = (answer: Answer, fault?: Fault) => Promise<number | null>;

/** Answers a request at Google's paths: find the route, meet the fault if one waits, handle, deliver. */
export async function answerGoogle(
  request: HttpRequest,
  options: GoogleOptions,
  deliver: Deliver,
): Promise<void> {
  const { cloud, identity, routes, faults, log } = options;
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
      : await answerRoute(found, request);
    const date = new Date(cloud.clock.nowMs()).toUTCString();
    status = await deliver({ ...answered, headers: { ...answered.headers, date } }, fault);
  } finally {
    end(status);
  }
}

/** What a route says, with every error in Google's envelope. */
export async function answerRoute(
  found: ReturnType<typeof findRoute>,
  request: HttpRequest,
): Promise<Answer> {
  try {
    if (!found) throw new ApiError('NOT_FOUND', 'Method not found.');
    return await found.route.handle({ ...request, params: found.params });
  } catch (error) {
    return errorAnswer(error);
  }
}

/** An error that is not Google's is the emulator's own mistake; it is shown where the emulator runs. */
export function errorAnswer(error: unknown): Answer {
  if (error instanceof ApiError)
    return json(error.body, { status: error.httpStatus, headers: error.headers });
  console.error('emulator:', error);
  return json(new ApiError('INTERNAL', 'Internal error encountered.').body, { status: 500 });
}

function callerOf(cloud: Cloud, { headers }: HttpRequest): string | null {
  const token = bearerToken(headers.authorization);
  return (token && cloud.accessTokens.find(token)?.email) || null;
}
