import { Problem } from '../contract/problem.ts';
import { invalidAnswer } from '../issuance/decode-jws.ts';
import type { RequestScope } from '../issuance/ports.ts';
import type { Credentials } from './credentials.ts';
import { type HttpAnswer, HttpFailure, requestHttp } from './http-client.ts';

const maxBytes = 1024 * 1024;
const maxTries = 4;
const firstDelayMilliseconds = 100;
/** IAM answers in no less: a call with less time left than this would sign for nobody. */
const leastMilliseconds = 20;
const maxSeconds = 60;
/** What Google's guidance for IAM has retried with truncated exponential back-off and jitter. */
const retriedStatus = new Set([500, 502, 503, 504]);

/**
 * Posts to IAM with the runtime account's access token, again where IAM fails for a moment, until the deadline.
 * @throws Problem `signer_unavailable` or `deadline_exceeded` where there is no answer
 */
export async function callIam(
  url: string,
  body: string,
  credentials: Credentials,
  scope: RequestScope,
): Promise<HttpAnswer> {
  for (let tries = 1; ; tries += 1) {
    const isLast = tries === maxTries;
    const outcome = await attempt(url, body, credentials, scope);
    if ('status' in outcome) {
      if (outcome.status === 401 && tries === 1) continue;
      if (isLast || !retriedStatus.has(outcome.status)) return outcome;
      await pause(tries, scope);
    } else {
      if (outcome.isTimeout) throw new Problem('deadline_exceeded', 'IAM did not answer in time. Try again.');
      if (outcome.isOversized) throw invalidAnswer(outcome.reason);
      if (isLast) throw unreachable(outcome);
      await pause(tries, scope);
    }
  }
}

async function attempt(
  url: string,
  body: string,
  credentials: Credentials,
  { deadline, traceparent, meter }: RequestScope,
): Promise<HttpAnswer | HttpFailure> {
  const token = await credentials.accessToken(deadline);
  const remaining = deadline - performance.now();
  if (remaining < leastMilliseconds) {
    throw new Problem('deadline_exceeded', 'There is no time left to ask IAM. Try again, with more.');
  }
  // Google's name for the time that a REST call may take at its server, in seconds.
  const seconds = (Math.min(remaining, maxSeconds * 1000) / 1000).toFixed(3);
  const headers = ['authorization', `Bearer ${token}`, 'x-server-timeout', seconds];
  if (traceparent !== undefined) headers.push('traceparent', traceparent);
  const begunAt = performance.now();
  try {
    const answer = await requestHttp({ method: 'POST', url, headers, body, deadline, maxBytes });
    if (answer.status === 401) credentials.discard(token);
    return answer;
  } catch (error) {
    if (error instanceof HttpFailure) return error;
    throw error;
  } finally {
    meter?.countIamCall(performance.now() - begunAt);
  }
}

async function pause(tries: number, { deadline }: RequestScope): Promise<void> {
  const milliseconds = firstDelayMilliseconds * 2 ** (tries - 1) * (0.5 + Math.random());
  if (performance.now() + milliseconds + leastMilliseconds >= deadline) {
    throw new Problem('signer_unavailable', 'IAM fails, and there is no time left to try again.', {
      retryAfterSeconds: 2,
    });
  }
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function unreachable({ reason }: HttpFailure): Problem {
  const detail = `IAM could not be reached: ${reason}. Try again.`;
  return new Problem('signer_unavailable', detail, { retryAfterSeconds: 2 });
}
