import { IdTokenClient } from 'google-auth-library';
import { TokenClient } from '../../sdk/src/index.ts';
import { describe, median, type Row } from './row.ts';

const rounds = 9;
const callsARound = 300_000;
const audienceOf = (index: number) => `https://service-${index}.example.com/path/${index}`;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What no cache can do with less: one Map hit and an expiry check. */
class Limit {
  readonly tokens = new Map<string, { token: string; expiresAt: number }>();

  read(aud: string): string {
    const entry = this.tokens.get(aud);
    if (entry !== undefined && Date.now() < entry.expiresAt) return entry.token;
    throw new Error('expired');
  }

  async get(aud: string): Promise<string> {
    return this.read(aud);
  }
}

/** Measures cached calls, each contender in turn round by round, and compares the medians. */
export async function cachedTokenRows(): Promise<Row[]> {
  return [...(await compareOver(1)), ...(await compareOver(10_000)), await compareBytes(10_000)];
}

async function compareOver(audiences: number): Promise<Row[]> {
  const keys = Array.from({ length: audiences }, (_, index) => audienceOf(index));
  const { limit, client } = await fill(keys);
  const google = googleClient(makeToken(keys[0] ?? ''));
  const contenders = {
    limit: () => awaitEach(keys, (aud) => limit.get(aud)),
    getToken: () => awaitEach(keys, (aud) => client.getToken(aud)),
    limitRead: () => readEach(keys, (aud) => limit.read(aud)),
    peek: () => readEach(keys, (aud) => client.peek(aud) ?? ''),
    google: () => awaitEach(keys, () => google.getRequestHeaders(), callsARound / 20),
  };
  const times = await measure(contenders);
  const over = `over ${audiences} audience${audiences === 1 ? '' : 's'}`;
  const rows = [
    row(`getToken, cached, ${over}`, 'the limit', times.getToken, times.limit, ['at most', 1.5]),
    row(`peek, ${over}`, 'the limit, synchronous', times.peek, times.limitRead, ['at most', 1.5]),
  ];
  if (audiences > 1) return rows;
  return [
    ...rows,
    row('getToken, cached: times faster', 'google-auth-library IdTokenClient', times.google, times.getToken, [
      'at least',
      15,
    ]),
  ];
}

/** A row of the first over the second, each told in nanoseconds a call. */
function row(
  what: string,
  peer: string,
  first: number[],
  second: number[],
  goal: Row['goal'],
  unit = 'ns',
): Row {
  const figures = `${describe('', first, unit).trim()} to ${describe('', second, unit).trim()}`;
  return { row: what, peer, ratio: median(first) / median(second), figures, goal };
}

async function awaitEach(
  keys: string[],
  get: (aud: string) => Promise<unknown>,
  calls = callsARound,
): Promise<number> {
  const began = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) await get(keys[i % keys.length] ?? '');
  return Number(process.hrtime.bigint() - began) / calls;
}

async function readEach(keys: string[], read: (aud: string) => string): Promise<number> {
  let length = 0;
  const began = process.hrtime.bigint();
  for (let i = 0; i < callsARound; i++) length += read(keys[i % keys.length] ?? '').length;
  const nanoseconds = Number(process.hrtime.bigint() - began) / callsARound;
  if (length === 0) throw new Error('nothing was cached');
  return nanoseconds;
}

async function measure<Name extends string>(
  contenders: Record<Name, () => Promise<number>>,
): Promise<Record<Name, number[]>> {
  const names = Object.keys(contenders) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  // The first two rounds warm the compiler up.
  for (let round = -2; round < rounds; round++) {
    for (const name of names) {
      const time = await contenders[name]();
      if (round >= 0) times.get(name)?.push(time);
    }
  }
  return Object.fromEntries(times) as Record<Name, number[]>;
}

async function compareBytes(audiences: number): Promise<Row> {
  const keys = () => Array.from({ length: audiences }, (_, index) => audienceOf(index));
  const bare = await heapOf(async () => new Map(keys().map((aud) => [aud, makeToken(aud)])));
  const ours = await heapOf(async () => (await fill(keys())).client);
  return row(
    `bytes kept an entry, ${audiences} audiences`,
    'a bare Map of the same tokens',
    [ours / audiences],
    [bare / audiences],
    ['at most', 1.3],
    'bytes',
  );
}

/** Bytes that what is made keeps alive. Needs --expose-gc. */
async function heapOf(make: () => Promise<unknown>): Promise<number> {
  const settle = async () => {
    for (let i = 0; i < 4; i++) {
      globalThis.gc?.();
      await sleep(50);
    }
    return process.memoryUsage().heapUsed;
  };
  const before = await settle();
  const kept = await make();
  const after = await settle();
  return kept === undefined ? Number.NaN : after - before;
}

async function fill(keys: string[]): Promise<{ limit: Limit; client: TokenClient }> {
  const limit = new Limit();
  const client = new TokenClient({
    url: 'http://localhost',
    callerToken: async () => 'caller-token',
    maxEntries: keys.length,
    fetch: async (_, init) => {
      const { aud } = JSON.parse(String(init?.body)).claims;
      return new Response(JSON.stringify({ token: makeToken(aud), expiresInSeconds: 3600, reused: false }));
    },
  });
  for (const aud of keys)
    limit.tokens.set(aud, { token: await client.getToken(aud), expiresAt: Date.now() + 3.6e6 });
  return { limit, client };
}

function googleClient(token: string): IdTokenClient {
  return new IdTokenClient({ targetAudience: 'x', idTokenProvider: { fetchIdToken: async () => token } });
}

/** A token of the size that IAM signs: about 700 characters. */
function makeToken(aud: string): string {
  const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const iss = 'signer@acme.iam.gserviceaccount.com';
  const header = { alg: 'RS256', kid: '0123456789abcdef0123456789abcdef01234567', typ: 'JWT' };
  const parts = [header, { iss, sub: iss, aud, iat, exp: iat + 3600 }].map(segment);
  // Through a buffer, so that it is one flat string as one that came over the network.
  return Buffer.from([...parts, Buffer.alloc(256, aud).toString('base64url')].join('.')).toString('latin1');
}
