import { ConfidentialClientApplication } from '@azure/msal-node';
import { IdTokenClient } from 'google-auth-library';
import { TokenClient } from '../../sdk/src/index.ts';
import { makeToken } from './filled-client.ts';
import { msalNetwork } from './msal-network.ts';
import { takeTurns } from './rounds.ts';
import { describe, median, type Row } from './row.ts';

const callers = 1_000;
const upstreamMilliseconds = 200;
const aud = 'https://reports.example.com';
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What the key is like when 1,000 ask for it at once. */
type Age = 'cold' | 'near expiry' | 'expired';

interface Outcome {
  requests: number;
  /** Milliseconds that the caller waited who waited longest. */
  slowest: number;
}

/** Requests that 1,000 parallel calls for one token make, by the SDK, google-auth-library and MSAL. */
export async function rows(): Promise<Row[]> {
  return [...(await compareAt('cold')), ...(await compareAt('near expiry')), ...(await compareAt('expired'))];
}

async function compareAt(age: Age): Promise<Row[]> {
  const waits: number[] = [];
  const { ours, google, msal } = await takeTurns(
    {
      ours: async () => {
        const { requests, slowest } = await ofOurs(age);
        waits.push(slowest);
        return requests;
      },
      google: async () => (await ofGoogle(age)).requests,
      msal: async () => (await ofMsal(age)).requests,
    },
    { count: 7, warmUp: 0 },
  );
  const peers = `${describe('google-auth-library', google, '')}, ${describe('MSAL', msal, '')}`;
  const requests: Row = {
    row: `1,000 parallel calls, key ${age}: requests made`,
    peer: 'google-auth-library `IdTokenClient`, MSAL',
    // Every round counts here, not the middle one.
    ratio: Math.max(...ours),
    unit: 'requests',
    figures: `${describe('ours', ours, '')}, ${peers}`,
    goal: ['at most', 1],
  };
  if (age !== 'near expiry') return [requests];
  return [
    requests,
    {
      row: '1,000 parallel calls, key near expiry: wait of the slowest caller',
      peer: `the upstream's latency of ${upstreamMilliseconds} ms`,
      ratio: median(waits) / upstreamMilliseconds,
      figures: describe('slowest', waits, 'ms'),
      goal: ['at most', 0.3],
    },
  ];
}

/** Calls 1,000 times at once, and counts what reaches the upstream from then on. */
async function storm(get: () => Promise<unknown>, requestsSoFar: () => number): Promise<Outcome> {
  const before = requestsSoFar();
  const began = performance.now();
  const waits = await Promise.all(
    Array.from({ length: callers }, async () => {
      await get();
      return performance.now() - began;
    }),
  );
  // A refresh behind the callers' backs is counted too.
  await sleep(upstreamMilliseconds + 50);
  return { requests: requestsSoFar() - before, slowest: Math.max(...waits) };
}

/** Seconds that the first token has left of its 100: 10 are the margin within which it is never handed out. */
const leftAtFirst: Record<Age, number> = { cold: 0, 'near expiry': 15, expired: 11 };

async function ofOurs(age: Age): Promise<Outcome> {
  let requests = 0;
  let expiresInSeconds = leftAtFirst[age];
  const client = new TokenClient({
    url: 'http://localhost',
    callerToken: async () => 'caller-token',
    fetch: async () => {
      requests += 1;
      await sleep(upstreamMilliseconds);
      return Response.json({ token: makeToken(aud, 100), expiresInSeconds, reused: false });
    },
  });
  if (age !== 'cold') {
    await client.getToken(aud);
    await sleep(1_100);
  }
  expiresInSeconds = 100;
  return storm(
    () => client.getToken(aud),
    () => requests,
  );
}

/** Its window of refresh is the last five minutes. */
async function ofGoogle(age: Age): Promise<Outcome> {
  let requests = 0;
  let lifetime = age === 'near expiry' ? 120 : -1;
  const fetchIdToken = async () => {
    requests += 1;
    await sleep(upstreamMilliseconds);
    return makeToken(aud, lifetime);
  };
  const client = new IdTokenClient({ targetAudience: aud, idTokenProvider: { fetchIdToken } });
  if (age !== 'cold') await client.getRequestHeaders();
  lifetime = 3600;
  return storm(
    () => client.getRequestHeaders(),
    () => requests,
  );
}

/** It takes tokens of under five minutes for expired, and offers no refresh ahead for the client credential. */
async function ofMsal(age: Age): Promise<Outcome> {
  let requests = 0;
  let expiresInSeconds = 200;
  const client = new ConfidentialClientApplication({
    auth: { clientId: 'client', authority: 'https://login.microsoftonline.com/tenant', clientSecret: 'x' },
    system: {
      networkClient: msalNetwork(
        async () => {
          requests += 1;
          await sleep(upstreamMilliseconds);
        },
        () => expiresInSeconds,
      ),
    },
  });
  const get = () => client.acquireTokenByClientCredential({ scopes: [`${aud}/.default`] });
  if (age !== 'cold') await get();
  expiresInSeconds = 3599;
  return storm(get, () => requests);
}
