import type { Deadline, RuntimeIdentity } from '../issuance/ports.ts';
import { emailForm, orUnavailable, tokenForm, Unusable } from './credential-answers.ts';
import type { AuthClient, GoogleAuth } from './google-auth.ts';

/** The runtime account's credentials, through application default credentials. */
export interface Credentials extends RuntimeIdentity {
  /** An OAuth 2.0 access token that is good for some minutes yet. */
  accessToken(deadline: Deadline): Promise<string>;
  /** Forgets this token, which an API did not accept; one that came since stays. */
  discard(token: string): void;
}

const authOptions = {
  scopes: 'https://www.googleapis.com/auth/cloud-platform',
  // Nobody reads it, and without one the library looks for it: it starts gcloud, and asks the metadata server.
  projectId: '-',
};

/**
 * Credentials by google-auth-library, for where no metadata server is known to be. It is loaded with their first use,
 * since that costs 40 ms. What it brings is believed only where it has the form of a token or an account. State: the
 * library's own client, which keeps and refreshes the access token; the account; and the fetches under way, which all
 * who wait share.
 */
export function createCredentials(): Credentials {
  let auth: Promise<GoogleAuth> | undefined;
  let client: Promise<AuthClient> | undefined;
  let fetchingToken: Promise<string> | undefined;
  let account: Promise<string> | undefined;
  let lastToken = '';

  const loadAuth = () => {
    auth ??= import('./google-auth.ts').then(({ GoogleAuth }) => new GoogleAuth(authOptions));
    return auth;
  };
  const loadClient = () => {
    if (client === undefined) {
      const loading = loadAuth().then((loaded) => loaded.getClient());
      loading.catch(() => client === loading && forget());
      client = loading;
    }
    return client;
  };
  const forget = () => {
    client = undefined;
    auth = undefined;
    fetchingToken = undefined;
  };
  const fetchToken = async () => {
    const loaded = await loadClient();
    const { token } = await loaded.getAccessToken();
    const { expiry_date: expiresAt } = loaded.credentials;
    // The library keeps whatever came, and what says no end for ever.
    const isToken = typeof token === 'string' && tokenForm.test(token);
    if (!isToken || !Number.isFinite(expiresAt)) throw new Unusable();
    lastToken = token;
    return token;
  };
  const fetchEmail = async () => {
    await loadClient();
    const { client_email } = await (await loadAuth()).getCredentials();
    if (typeof client_email === 'string' && emailForm.test(client_email)) return client_email;
    throw new Unusable();
  };

  return {
    discard(token) {
      if (token === lastToken) forget();
    },
    async accessToken(deadline) {
      fetchingToken ??= fetchToken();
      const fetching = fetchingToken;
      try {
        return await orUnavailable(fetching, deadline, 'access token');
      } catch (error) {
        // What failed is not kept, nor what hangs: the metadata server may not have been up yet.
        if (fetchingToken === fetching) forget();
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
