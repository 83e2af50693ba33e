import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { IdTokenClient, Impersonated, OAuth2Client } from 'google-auth-library';
import { TokenClient } from '../../sdk/src/index.ts';
import { takeTurns } from './rounds.ts';
import { describe, type Row } from './row.ts';

const callers = 1_000;
/** The SDK's, after the first try. */
const maxRetries = 3;
const aud = 'https://reports.example.com';

/** Requests that 1,000 callers make of a server that always answers 503. */
export async function rows(): Promise<Row[]> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    response.writeHead(503, { 'content-type': 'application/json' }).end('{}');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const countOf = async (get: () => Promise<unknown>) => {
    requests = 0;
    await Promise.allSettled(Array.from({ length: callers }, get));
    return requests;
  };
  const provider = impersonated(origin);
  const { ours, google } = await takeTurns(
    {
      ours: () => {
        const client = new TokenClient({ url: origin, callerToken: async () => 'caller-token' });
        return countOf(() => client.getToken(aud));
      },
      google: () => {
        const client = new IdTokenClient({ targetAudience: aud, idTokenProvider: provider });
        return countOf(() => client.getRequestHeaders());
      },
    },
    { count: 7, warmUp: 0 },
  );
  server.close();
  server.closeAllConnections();
  return [
    {
      row: 'upstream always 503, 1,000 callers: requests made',
      peer: 'google-auth-library `IdTokenClient`',
      ratio: Math.max(...ours),
      unit: 'requests',
      figures: `${describe('ours', ours, '')}, ${describe('google-auth-library', google, '')}`,
      goal: ['at most', 1 + maxRetries],
    },
  ];
}

function impersonated(endpoint: string): Impersonated {
  const sourceClient = new OAuth2Client();
  sourceClient.setCredentials({ access_token: 'ya29.bench', expiry_date: Date.now() + 3.6e6 });
  const targetPrincipal = 'signer@acme.iam.gserviceaccount.com';
  return new Impersonated({ sourceClient, targetPrincipal, targetScopes: [], endpoint });
}
