import { Problem } from '../contract/problem.ts';
import type { Deadline, RuntimeIdentity } from '../issuance/ports.ts';
import type { AuthClient, GoogleAuth } from './google-auth.ts';

/** The runtime account's credentials, through application default credentials. */
export interface Credentials extends RuntimeIdentity {
  /** An OAuth 2.0 access token that is good for some minutes yet. */
  accessToken(deadline: Deadline): Promise<string>;
  /** Forgets the token at hand, which an API did not accept. */
  discard(): void;
}

const scope = 'https://www.googleapis.com/auth/cloud-platform';

/**
 * Credentials by google-auth-library, which is loaded with their first use: it costs 40 ms, and a request that is
 * refused needs none. State: the library's own client, which keeps and refreshes the access token.
 */
export function createCredentials(): Credentials {
  let auth: Promise<GoogleAuth> | undefined;
  let client: Promise<AuthClient> | undefined;

  const loadAuth = () => {
    auth ??= import('./google-auth.ts').then(({ GoogleAuth }) => new GoogleAuth({ scopes: scope }));
    return auth;
  };
  const loadClient = () => {
    client ??= loadAuth().then((loaded) => loaded.getClient());
    // A failed discovery is not kept: the metadata server may not have been up yet.
    client.catch(() => discard());
    return client;
  };
  const discard = () => {
    client = undefined;
    auth = undefined;
  };

  return {
    discard,
    async accessToken(deadline) {
      const work = loadClient().then((loaded) => loaded.getAccessToken());
      const { token } = await within(deadline, work, 'access token');
      if (token) return token;
      throw unavailable('no access token', 'an empty answer');
    },
    async email(deadline) {
      const work = loadClient()
        .then(loadAuth)
        .then((loaded) => loaded.getCredentials());
      const { client_email } = await within(deadline, work, 'e-mail of the runtime account');
      if (client_email) return client_email;
      throw unavailable('no e-mail of the runtime account', 'credentials that name none');
    },
  };
}

/** The library's errors carry requests and answers, so each is rebuilt from its status or code alone. */
async function within<T>(deadline: Deadline, work: Promise<T>, what: string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(
      () => reject(new Problem('deadline_exceeded', `The ${what} did not come in time. Try again.`)),
      Math.max(0, deadline - performance.now()),
    );
  });
  try {
    return await Promise.race([work, timeout]);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const { status, code } = error as { status?: number; code?: string | number };
    throw unavailable(`no ${what}`, status ? `status ${status}` : String(code ?? 'no answer'));
  } finally {
    clearTimeout(timer);
  }
}

function unavailable(what: string, reason: string): Problem {
  const detail = `There is ${what}: ${reason.slice(0, 64)} from the metadata server or the default credentials.`;
  return new Problem('signer_unavailable', detail, { retryAfterSeconds: 5 });
}
