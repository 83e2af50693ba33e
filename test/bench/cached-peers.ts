import { generateKeyPairSync } from 'node:crypto';
import {
  bearerTokenAuthenticationPolicy,
  createHttpHeaders,
  createPipelineRequest,
} from '@azure/core-rest-pipeline';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { createAppAuth } from '@octokit/auth-app';
import { memoize } from '@smithy/core/config';
import { createCache } from 'async-cache-dedupe';
import { LRUCache } from 'lru-cache';
import { audienceOf, awaitEach, fillClient, makeToken } from './filled-client.ts';
import { msalNetwork } from './msal-network.ts';
import { takeTurns } from './rounds.ts';
import { compare, type Row } from './row.ts';

const calls = 200_000;
const token = makeToken(audienceOf(0));
const expiresAt = Date.now() + 3.6e6;

/** A cached token of the SDK against the caches that others build their clients on, all awaited. */
export async function rows(): Promise<Row[]> {
  const keys = [audienceOf(0)];
  const { client } = await fillClient(keys);
  const lru = new LRUCache<string, string>({ max: 1000, ttl: 3.6e6, fetchMethod: async () => token });
  const dedupe = createCache({ ttl: 3600, storage: { type: 'memory' } }).define(
    'token',
    async (_aud: string) => token,
  );
  const smithy = memoize(
    async () => ({ token, expiration: new Date(expiresAt) }),
    ({ expiration }) => Date.now() >= expiration.getTime(),
    ({ expiration }) => expiration !== undefined,
  );
  const cycler = await azureCycler();
  const policy = azurePolicy();
  const octokit = octokitAuth();
  const msal = new ConfidentialClientApplication({
    auth: { clientId: 'client', authority: 'https://login.microsoftonline.com/tenant', clientSecret: 'x' },
    system: { networkClient: msalNetwork(async () => undefined) },
  });
  const measure =
    (get: (aud: string) => Promise<unknown>, each = calls) =>
    () =>
      awaitEach(keys, get, each);
  const times = await takeTurns({
    ours: measure((aud) => client.getToken(aud)),
    lru: measure((aud) => lru.fetch(aud)),
    smithy: measure(() => smithy()),
    cycler: measure(() => cycler('scope', {})),
    dedupe: measure((aud) => dedupe.token(aud)),
    policy: measure(() => policy(), calls / 4),
    octokit: measure(() => octokit({ type: 'installation' }), calls / 10),
    msal: measure((aud) => msal.acquireTokenByClientCredential({ scopes: [`${aud}/.default`] }), calls / 200),
  });
  const faster = (peer: string, name: keyof typeof times) =>
    compare('getToken, cached: times faster', peer, times[name], times.ours, {
      unit: 'ns',
      goal: ['at least', 1],
    });
  // These two know neither refresh ahead nor a clock that jumps, and the first reads its clock once a millisecond.
  const slower = (peer: string, name: keyof typeof times) =>
    compare('getToken, cached', peer, times.ours, times[name], { unit: 'ns', goal: ['at most', 2] });
  return [
    faster('@azure/core-rest-pipeline, its token cycler', 'cycler'),
    faster('@azure/core-rest-pipeline, its bearer token policy', 'policy'),
    faster('async-cache-dedupe', 'dedupe'),
    faster('@octokit/auth-app, installation token', 'octokit'),
    faster('@azure/msal-node, client credential', 'msal'),
    slower('lru-cache `fetch`', 'lru'),
    slower('@smithy/core `memoize`', 'smithy'),
  ];
}

/** The cycler is not exported: it is what the policy keeps its token with. */
async function azureCycler(): Promise<(scopes: string, options: object) => Promise<unknown>> {
  const path = '../../node_modules/@azure/core-rest-pipeline/dist/esm/util/tokenCycler.js';
  const { createTokenCycler } = await import(new URL(path, import.meta.url).href);
  return createTokenCycler({ getToken: async () => ({ token, expiresOnTimestamp: expiresAt }) });
}

function azurePolicy(): () => Promise<unknown> {
  const policy = bearerTokenAuthenticationPolicy({
    scopes: 'scope',
    credential: { getToken: async () => ({ token, expiresOnTimestamp: expiresAt }) },
  });
  const request = createPipelineRequest({ url: 'https://a.example.com' });
  const response = { request, status: 200, headers: createHttpHeaders() };
  return () => policy.sendRequest(request, async () => response);
}

function octokitAuth(): (options: { type: 'installation' }) => Promise<unknown> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const request = Object.assign(
    async () => ({
      data: {
        token,
        expires_at: new Date(expiresAt).toISOString(),
        permissions: {},
        repository_selection: 'all',
      },
    }),
    { endpoint: { merge: () => ({}) }, defaults: () => request },
  );
  return createAppAuth({
    appId: 1,
    installationId: 1,
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    request: request as never,
  }) as never;
}
