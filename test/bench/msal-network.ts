import type { INetworkModule } from '@azure/msal-node';

/** Answers what MSAL asks on its way to a token; `onToken` is told of each request for one, which waits for it. */
export function msalNetwork(
  onToken: () => Promise<unknown>,
  expiresInSeconds: () => number = () => 3599,
): INetworkModule {
  const answer = <T>(body: object) => ({ status: 200, headers: {}, body: body as T });
  return {
    sendGetRequestAsync: async (url) => answer(url.includes('/discovery/') ? discovery : openIdConfiguration),
    sendPostRequestAsync: async () => {
      await onToken();
      return answer({
        token_type: 'Bearer',
        expires_in: expiresInSeconds(),
        ext_expires_in: 3599,
        access_token: 'token',
      });
    },
  };
}

const host = 'https://login.microsoftonline.com';
const discovery = {
  tenant_discovery_endpoint: `${host}/tenant/v2.0/.well-known/openid-configuration`,
  'api-version': '1.1',
  metadata: [
    {
      preferred_network: 'login.microsoftonline.com',
      preferred_cache: 'login.windows.net',
      aliases: ['login.microsoftonline.com', 'login.windows.net'],
    },
  ],
};
const openIdConfiguration = {
  token_endpoint: `${host}/tenant/oauth2/v2.0/token`,
  issuer: `${host}/tenant/v2.0`,
  authorization_endpoint: `${host}/tenant/oauth2/v2.0/authorize`,
  jwks_uri: `${host}/tenant/discovery/v2.0/keys`,
};
