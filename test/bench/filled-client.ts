import { TokenClient } from '../../sdk/src/index.ts';
import { TokenLimit } from './token-limit.ts';

export const audienceOf = (index: number) => `https://service-${index}.example.com/path/${index}`;

export const audiencesOf = (count: number) => Array.from({ length: count }, (_, index) => audienceOf(index));

/** A client that keeps a token for each of the audiences, and the limit with the same tokens. */
export async function fillClient(audiences: string[]): Promise<{ limit: TokenLimit; client: TokenClient }> {
  const limit = new TokenLimit();
  const client = new TokenClient({
    url: 'http://localhost',
    callerToken: async () => 'caller-token',
    maxEntries: audiences.length,
    fetch: async (_, init) => {
      const { aud } = JSON.parse(String(init?.body)).claims;
      return Response.json({ token: makeToken(aud), expiresInSeconds: 3600, reused: false });
    },
  });
  for (const aud of audiences)
    limit.tokens.set(aud, { token: await client.getToken(aud), expiresAt: Date.now() + 3.6e6 });
  return { limit, client };
}

/** A token of the size that IAM signs: about 700 characters. */
export function makeToken(aud: string, lifetimeSeconds = 3600): string {
  const segment = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const iat = Math.floor(Date.now() / 1000);
  const iss = 'signer@acme.iam.gserviceaccount.com';
  const header = { alg: 'RS256', kid: '0123456789abcdef0123456789abcdef01234567', typ: 'JWT' };
  const parts = [header, { iss, sub: iss, aud, iat, exp: iat + lifetimeSeconds }].map(segment);
  // Through a buffer, so that it is one flat string as one that came over the network.
  return Buffer.from([...parts, Buffer.alloc(256, aud).toString('base64url')].join('.')).toString('latin1');
}

/** Nanoseconds a call of an asynchronous one, each awaited before the next. */
export async function awaitEach(
  keys: readonly string[],
  get: (aud: string) => Promise<unknown>,
  calls: number,
): Promise<number> {
  const began = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) await get(keys[i % keys.length] ?? '');
  return Number(process.hrtime.bigint() - began) / calls;
}

/** Nanoseconds a call of a synchronous one. */
export function readEach(
  keys: readonly string[],
  read: (aud: string) => string | undefined,
  calls: number,
): number {
  let length = 0;
  const began = process.hrtime.bigint();
  for (let i = 0; i < calls; i++) length += read(keys[i % keys.length] ?? '')?.length ?? 0;
  const nanoseconds = Number(process.hrtime.bigint() - began) / calls;
  if (length === 0) throw new Error('nothing was cached');
  return nanoseconds;
}
