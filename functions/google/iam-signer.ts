import { Problem } from '../contract/problem.ts';
import type { RequestScope, SignedJwt, Signer } from '../issuance/ports.ts';
import type { Credentials } from './credentials.ts';
import { type GoogleHosts, isKeyAllowed } from './hosts.ts';
import { type HttpAnswer, HttpFailure, requestHttp } from './http-client.ts';
import { type IamCallSite, toSignerProblem } from './iam-errors.ts';

const maxBytes = 1024 * 1024;
const maxTries = 4;
const firstDelayMilliseconds = 100;
/** What Google's guidance for IAM has retried with truncated exponential back-off and jitter. */
const retriedStatus = new Set([500, 502, 503, 504]);

/**
 * Signs through IAM's `signJwt` under the service account's own system-managed key
 * (https://cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/signJwt).
 */
export function createIamSigner(hosts: GoogleHosts, credentials: Credentials): Signer {
  return {
    async signJwt({ serviceAccount, delegates, claims }, scope) {
      const site = { serviceAccount, permission: 'iam.serviceAccounts.signJwt' };
      const body = JSON.stringify({
        delegates: delegates.map(resourceName),
        payload: JSON.stringify(claims),
      });
      const answer = await call(hosts, credentials, `${resourceName(serviceAccount)}:signJwt`, body, scope);
      if (answer.status !== 200) {
        throw toSignerProblem(answer, { ...site, runsAs: await runtimeEmail(credentials, answer, scope) });
      }
      const signed = parseSigned(answer.body);
      if (!isKeyAllowed(signed.keyId, hosts)) throw invalid('a key of the local cloud');
      return signed;
    },
  };
}

/** Only a refusal for want of a permission names the runtime account. */
async function runtimeEmail(
  credentials: Credentials,
  { status }: HttpAnswer,
  { deadline }: RequestScope,
): Promise<IamCallSite['runsAs']> {
  return status === 403 ? credentials.email(deadline).catch(() => undefined) : undefined;
}

/** The dash is required: IAM finds the project by the account. */
function resourceName(email: string): string {
  return `projects/-/serviceAccounts/${encodeURIComponent(email).replaceAll('%40', '@')}`;
}

async function call(
  { iamCredentials }: GoogleHosts,
  credentials: Credentials,
  method: string,
  body: string,
  scope: RequestScope,
): Promise<HttpAnswer> {
  const url = `${iamCredentials}/v1/${method}`;
  for (let tries = 1; ; tries += 1) {
    const isLast = tries === maxTries;
    const outcome = await attempt(url, body, credentials, scope);
    if ('status' in outcome) {
      if (outcome.status === 401 && tries === 1) credentials.discard();
      else if (isLast || !retriedStatus.has(outcome.status)) return outcome;
      else await pause(tries, scope);
    } else {
      if (outcome.isTimeout) throw new Problem('deadline_exceeded', 'IAM did not answer in time. Try again.');
      if (isLast) throw unreachable(outcome);
      await pause(tries, scope);
    }
  }
}

async function attempt(
  url: string,
  body: string,
  credentials: Credentials,
  { deadline, traceparent }: RequestScope,
): Promise<HttpAnswer | HttpFailure> {
  const token = await credentials.accessToken(deadline);
  const headers = { authorization: `Bearer ${token}`, ...(traceparent && { traceparent }) };
  try {
    return await requestHttp({ method: 'POST', url, headers, body, deadline, maxBytes });
  } catch (error) {
    if (error instanceof HttpFailure) return error;
    throw error;
  }
}

async function pause(tries: number, { deadline }: RequestScope): Promise<void> {
  const milliseconds = firstDelayMilliseconds * 2 ** (tries - 1) * (0.5 + Math.random());
  if (performance.now() + milliseconds >= deadline) {
    throw new Problem('signer_unavailable', 'IAM fails, and there is no time left to try again.', {
      retryAfterSeconds: 2,
    });
  }
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

function unreachable({ reason }: HttpFailure): Problem {
  return new Problem('signer_unavailable', `IAM could not be reached: ${reason}. Try again.`, {
    retryAfterSeconds: 2,
  });
}

function parseSigned(body: string): SignedJwt {
  try {
    const { keyId, signedJwt } = JSON.parse(body) as Partial<Record<'keyId' | 'signedJwt', unknown>>;
    if (typeof keyId === 'string' && typeof signedJwt === 'string') return { keyId, signedJwt };
  } catch {
    // The parser's message quotes the body, which may hold a token.
  }
  throw invalid('no keyId and signedJwt');
}

function invalid(found: string): Problem {
  return new Problem('signer_response_invalid', `IAM answered with ${found}. Try again.`);
}
