import type { Deadline } from '../issuance/ports.ts';
import { emailForm, orUnavailable, tokenForm, Unusable } from './credential-answers.ts';
import type { Credentials } from './credentials.ts';
import { type HttpAnswer, HttpFailure, requestHttp } from './http-client.ts';

const path = '/computeMetadata/v1/instance/service-accounts/default';
const headers = ['metadata-flavor', 'Google'];
const maxBytes = 64 * 1024;
const maxTries = 4;
const firstDelayMilliseconds = 100;
/** However short the deadline of the one who happens to ask first: others wait for the same answer. */
const flightMilliseconds = 5_000;
/** The server hands a token out until five minutes before its end (https://cloud.google.com/compute/docs/access/authenticate-workloads). */
const leastMilliseconds = 240_000;

/**
 * The runtime account's credentials from the metadata server at this origin, as on Cloud Functions and in the local
 * cloud. State: the token at hand, the account, and the fetches under way, which all who wait share.
 */
export function createMetadataCredentials(origin: string): Credentials {
  let token = '';
  let renewAt = Number.NEGATIVE_INFINITY;
  let fetchingToken: Promise<string> | undefined;
  let account: Promise<string> | undefined;

  const fetchToken = async () => {
    const sentAt = performance.now();
    const fetched = parseToken(await fetchText(`${origin}${path}/token`, sentAt + flightMilliseconds));
    renewAt = sentAt + fetched.expiresInMilliseconds - leastMilliseconds;
    token = fetched.token;
    return token;
  };
  const fetchEmail = async () => {
    const text = await fetchText(`${origin}${path}/email`, performance.now() + flightMilliseconds);
    if (emailForm.test(text.trim())) return text.trim();
    throw new Unusable();
  };

  return {
    discard(rejected) {
      if (rejected === token) renewAt = Number.NEGATIVE_INFINITY;
    },
    accessToken(deadline) {
      if (performance.now() < renewAt) return Promise.resolve(token);
      if (fetchingToken === undefined) {
        const fetching = fetchToken().finally(() => {
          if (fetchingToken === fetching) fetchingToken = undefined;
        });
        fetchingToken = fetching;
      }
      return orUnavailable(fetchingToken, deadline, 'access token');
    },
    email(deadline) {
      if (account === undefined) {
        const fetching = fetchEmail();
        // What failed is not kept: the metadata server may not have been up yet.
        fetching.catch(() => {
          account = undefined;
        });
        account = fetching;
      }
      return orUnavailable(account, deadline, 'e-mail of the runtime account');
    },
  };
}

/** What the server failed with: a status, or the code of a broken connection. */
class Failed extends Error {
  readonly status: number | undefined;
  readonly code: string | undefined;

  constructor(outcome: HttpAnswer | HttpFailure) {
    super('the metadata server failed');
    this.status = outcome instanceof HttpFailure ? undefined : outcome.status;
    this.code = outcome instanceof HttpFailure ? outcome.reason : undefined;
  }
}

async function fetchText(url: string, deadline: Deadline): Promise<string> {
  for (let tries = 1; ; tries += 1) {
    const outcome = await attempt(url, deadline);
    if (!(outcome instanceof HttpFailure) && isGood(outcome)) return outcome.body;
    const isLasting =
      'status' in outcome
        ? outcome.status < 500 && outcome.status !== 429
        : outcome.isTimeout || outcome.isOversized;
    const delay = firstDelayMilliseconds * 2 ** (tries - 1);
    if (isLasting || tries === maxTries || performance.now() + delay >= deadline) throw new Failed(outcome);
    await new Promise((resolve) => setTimeout(resolve, delay));
  }
}

function attempt(url: string, deadline: Deadline): Promise<HttpAnswer | HttpFailure> {
  return requestHttp({ method: 'GET', url, headers, deadline, maxBytes }).catch((error: unknown) => {
    if (error instanceof HttpFailure) return error;
    throw error;
  });
}

/** The header tells the metadata server from whatever else may answer at its address. */
function isGood({ status, headers: received }: HttpAnswer): boolean {
  return status === 200 && received['metadata-flavor'] === 'Google';
}

function parseToken(body: string): { token: string; expiresInMilliseconds: number } {
  try {
    const { access_token: token, expires_in: seconds } = JSON.parse(body);
    const isToken = typeof token === 'string' && tokenForm.test(token);
    if (isToken && Number.isFinite(seconds) && seconds > 0)
      return { token, expiresInMilliseconds: seconds * 1000 };
  } catch {
    // The parser's message quotes the body, which may hold a token.
  }
  throw new Unusable();
}
