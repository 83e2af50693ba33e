import { IdTokenClient } from 'google-auth-library';
import { audiencesOf, awaitEach, fillClient, makeToken, readEach } from './filled-client.ts';
import { takeTurns } from './rounds.ts';
import { compare, type Row } from './row.ts';

const calls = 300_000;

/** Cached calls of the SDK against the limit, over one audience and over 10,000, and against google-auth-library. */
export async function rows(): Promise<Row[]> {
  return [...(await compareOver(1)), ...(await compareOver(10_000))];
}

async function compareOver(audiences: number): Promise<Row[]> {
  const keys = audiencesOf(audiences);
  const { limit, client } = await fillClient(keys);
  const token = makeToken(keys[0] ?? '');
  const google = new IdTokenClient({
    targetAudience: 'x',
    idTokenProvider: { fetchIdToken: async () => token },
  });
  const times = await takeTurns({
    limit: () => awaitEach(keys, (aud) => limit.get(aud), calls),
    getToken: () => awaitEach(keys, (aud) => client.getToken(aud), calls),
    limitRead: () => readEach(keys, (aud) => limit.read(aud), calls),
    peek: () => readEach(keys, (aud) => client.peek(aud), calls),
    google: () => awaitEach(keys, () => google.getRequestHeaders(), calls / 20),
  });
  const over = `over ${audiences.toLocaleString('en')} audience${audiences === 1 ? '' : 's'}`;
  const within = { unit: 'ns', goal: ['at most', 1.5] as Row['goal'] };
  const rows = [
    compare(
      `getToken, cached, ${over}`,
      'one Map hit and an expiry check, async',
      times.getToken,
      times.limit,
      within,
    ),
    compare(`peek, ${over}`, 'the same, synchronous', times.peek, times.limitRead, within),
  ];
  if (audiences > 1) return rows;
  const goal: Row['goal'] = ['at least', 15];
  const what = 'getToken, cached: times faster';
  const peer = 'google-auth-library `IdTokenClient.getRequestHeaders`, cached';
  return [...rows, compare(what, peer, times.google, times.getToken, { unit: 'ns', goal })];
}
