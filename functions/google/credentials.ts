import { Problem } from '../contract/problem.ts';
import { inTime } from '../issuance/in-time.ts';
import type { Deadline, RuntimeIdentity } from '../issuance/ports.ts';
import type { AuthClient, GoogleAuth } from './google-auth.ts';

/** The runtime account's credentials, through application default credentials. */
export interface Credentials extends RuntimeIdentity {
  /** An OAuth 2.0 access token that is good for some minutes yet. */
  accessToken(deadline: Deadline): Promise<string>;
  /** Forgets the token at hand, which an API did not accept. */
  discard(): void;
}

const authOptions = {
  scopes: 'https://www.googleapis.com/auth/cloud-platform',
  // Nobody reads it, and without one the library looks for it: it starts gcloud, and asks the metadata server.
  projectId: '-',
};

/** What may stand in a header as a bearer token (RFC 6750 section 2.1), and as an account in a policy. */
const tokenForm = /^[\w.~+/=-]{1,16384}$/;
const emailForm = /^[^@\s/:\p{Cc}]{1,256}@[^@\s/:\p{Cc}]{1,256}$/u;

/**
 * Credentials by google-auth-library, which is loaded with their first use: it costs 40 ms, and a request that is
 * refused needs none. What it brings is believed only where it has the form of a token or an account. State: the
 * library's own client, which keeps and refreshes the access token; the account; and the fetches under way, which all
 * who wait share.
 */
export function createCredentials(): Credentials {
  let auth: Promise<GoogleAuth> | undefined;
  let client: Promise<AuthClient> | undefined;
  let fetchingToken: Promise<string> | undefined;
  let account: Promise<string> | undefined;

  const loadAuth = () => {
    auth ??= import('./google-auth.ts').then(({ GoogleAuth }) => new GoogleAuth(authOptions));
    return auth;
  };
  const loadClient = () => {
    if (client === undefined) {
      const loading = loadAuth().then((loaded) => loaded.getClient());
      loading.catch(() => client === loading && discard());
      client = loading;
    }
    return client;
  };
  const discard = () => {
    client = undefined;
    auth = undefined;
    fetchingToken = undefined;
  };
  const fetchToken = async () => {
    const loaded = await loadClient();
    const { token } = await loaded.getAccessToken();
    const { expiry_date: expiresAt } = loaded.credentials;
    // The library keeps whatever came, and what says no end for ever.
    if (typeof token === 'string' && tokenForm.test(token) && Number.isFinite(expiresAt)) return token;
    throw new Unusable();
  };
  const fetchEmail = async () => {
    await loadClient();
    const { client_email } = await (await loadAuth()).getCredentials();
    if (typeof client_email === 'string' && emailForm.test(client_email)) return client_email;
    throw new Unusable();
  };

  return {
    discard,
    async accessToken(deadline) {
      fetchingToken ??= fetchToken();
      const fetching = fetchingToken;
      try {
        return await orUnavailable(fetching, deadline, 'access token');
      } catch (error) {
        // What failed is not kept, nor what hangs: the metadata server may not have been up yet.
        if (fetchingToken === fetching) discard();
        throw error;
      } finally {
        if (fetchingToken === fetching) fetchingToken = undefined;
      }
    },
    async email(deadline) {
      account ??= fetchEmail();
      const fetching = account;
      try {
        return await orUnavailable(fetching, deadline, 'e-mail of the runtime account');
      } catch (error) {
        if (account === fetching) account = undefined;
        throw error;
      }
    },
  };
}

/** What came is neither a token nor an account. */
class Unusable extends Error {
  readonly code = 'an answer that is none';
}

/** The library's errors carry requests and answers, so each is rebuilt from its status or code alone. */
async function orUnavailable(work: Promise<string>, deadline: Deadline, what: string): Promise<string> {
  try {
    return await inTime(work, deadline, `The ${what} did not come in time. Try again.`);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const detail = `There is no ${what}: ${reasonOf(error)} from the metadata server or the default credentials.`;
    throw new Problem('signer_unavailable', detail, { retryAfterSeconds: 5 });
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof Unusable) return error.code;
  const { status, code } = error as { status?: unknown; code?: unknown };
  if (Number.isInteger(status)) return `status ${status}`;
  return /^[A-Z][A-Z_]{1,40}$/.test(String(code)) ? String(code) : 'no answer';
}
