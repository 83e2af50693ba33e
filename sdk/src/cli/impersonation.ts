import type { CallerToken } from '../caller-token.ts';
import { now } from '../clock.ts';
import { CountersignError } from '../errors.ts';
import { receiveToken } from '../received-token.ts';
import { createTokenCache } from '../token-cache.ts';
import { UsageError } from './command.ts';

const timeoutMs = 10_000;
const scopes = ['https://www.googleapis.com/auth/cloud-platform'];

/**
 * Gives ID tokens of a service account, by IAM's generateIdToken, called with the default credentials of
 * google-auth-library. Throws UsageError where that is not installed: it is the user's own, and only needed here.
 */
export async function loadImpersonation(
  serviceAccount: string,
  emulatorHost: string | undefined,
): Promise<CallerToken> {
  const { GoogleAuth } = await loadGoogleAuth();
  const auth = new GoogleAuth({ scopes });
  const origin =
    emulatorHost === undefined ? 'https://iamcredentials.googleapis.com' : `http://${emulatorHost}`;
  const url = `${origin}/v1/projects/-/serviceAccounts/${serviceAccount}:generateIdToken`;
  const cache = createTokenCache(1, timeoutMs, async (audience, { signal }) => {
    const sent = now();
    const data = { audience, includeEmail: true };
    const options = { url, method: 'POST', data, signal: signal ?? null } as const;
    const body = await auth.request<{ token?: string }>(options).then(
      (answer) => answer.data,
      (cause: unknown) => {
        throw toCallerTokenError(cause, serviceAccount);
      },
    );
    const answer = { status: 200, sent, serverTimeMs: -Infinity };
    return receiveToken({ token: body.token ?? '' }, answer, audience);
  });
  return async (audience, { signal }) => (await cache.obtain(audience, { signal })).token;
}

async function loadGoogleAuth(): Promise<typeof import('google-auth-library')> {
  try {
    return await import('google-auth-library');
  } catch (cause) {
    throw new UsageError('--as needs google-auth-library: npm install google-auth-library', { cause });
  }
}

function toCallerTokenError(cause: unknown, serviceAccount: string): CountersignError {
  const { status } = Object(cause);
  const message =
    typeof status === 'number'
      ? `IAM answered ${status} for an ID token of ${serviceAccount}: the default credentials need roles/iam.serviceAccountOpenIdTokenCreator on it`
      : 'there are no default credentials that work: gcloud auth application-default login';
  return new CountersignError('caller_token_unavailable', message, { cause });
}
