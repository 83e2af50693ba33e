import { AsyncLocalStorage } from 'node:async_hooks';
import { DeliveryFailure } from '../issuance/delivery-ports.ts';
import type { Deadline } from '../issuance/ports.ts';
import type { Credentials } from './credentials.ts';
import { type ApiRequest, createGoogleApi } from './google-api.ts';
import type { SecretManagerServiceClient } from './secret-manager.ts';

/** Makes one call of Google's client, which ends by the deadline. @throws DeliveryFailure, or what the client throws */
export type SecretManager = <T>(
  call: (client: SecretManagerServiceClient) => Promise<T>,
  deadline: Deadline,
) => Promise<T>;

/**
 * Google's own Secret Manager client, over REST. It costs 140 ms to load, and is with the first batch. It speaks
 * through the function's connections and credentials: on its own it would fetch access tokens without a deadline, and
 * read answers without a bound. State: the client, which is one for all.
 */
export function createSecretManager(name: string, origin: string, credentials: Credentials): SecretManager {
  const ask = createGoogleApi(name, credentials);
  // The client's own time limit (30 s, for which it also keeps what the call holds) is none that the request sees.
  const deadlines = new AsyncLocalStorage<Deadline>();
  const auth = {
    // Its sign of an AuthClient; the headers themselves are added to each request.
    getRequestHeaders: async () => new Headers(),
    fetch: async (url: string, { method, body }: RequestInit) => {
      const request = { method, url, ...(body && { body: String(body) }) } as ApiRequest;
      return new Response(await ask(request, deadlines.getStore() ?? 0));
    },
  };
  let loading: Promise<SecretManagerServiceClient> | undefined;
  const load = () => {
    loading ??= import('./secret-manager.ts').then(
      (loaded) => new loaded.SecretManagerServiceClient({ ...optionsFor(origin), authClient: auth as never }),
    );
    return loading;
  };
  return async (call, deadline) => {
    const client = await load();
    return deadlines.run(deadline, () => call(client)).catch(unwrap);
  };
}

/** The client wraps what its connection throws. */
function unwrap(error: unknown): never {
  const { cause } = Object(error);
  throw cause instanceof DeliveryFailure ? cause : error;
}

function optionsFor(origin: string) {
  const { protocol, hostname, port } = new URL(origin);
  if (protocol === 'https:') return { fallback: true };
  return { fallback: true, protocol: 'http', apiEndpoint: hostname, port: Number(port) };
}
