import { generateKeyPair, SignJWT } from 'jose';
import { Limiter } from '../../functions/events/limiter.ts';
import { type DecidedItem, signItems } from '../../functions/events/sign-items.ts';
import { type Issuance, prepareToken } from '../../functions/issuance/issue-token.ts';
import type { RequestScope } from '../../functions/issuance/ports.ts';
import { RateLimit } from '../../functions/issuance/rate-limit.ts';
import { TokenReuse } from '../../functions/issuance/token-reuse.ts';
import { parsePolicy } from '../../functions/policy/parse-policy.ts';
import { describe, median, type Row, toTable } from './row.ts';

const items = 1000;
const atOnce = 64;
const iamMilliseconds = 20;
const limitMilliseconds = Math.ceil(items / atOnce) * iamMilliseconds;
const rounds = 7;
const signer = 'signer@acme.iam.gserviceaccount.com';
const member = 'topic:projects/acme/topics/token-requests';
const policy = {
  bindings: [{ id: 'b', members: [member], audiences: ['https://*.example.com'], serviceAccounts: [signer] }],
};

/** Signing of 1,000 distinct items, 64 at once, where IAM takes 20 ms: the first batch of a process, and later ones. */
export async function batchRows(): Promise<Row[]> {
  const signed = await presign();
  let inFlight = 0;
  let most = 0;
  const measure = async () => {
    const issuance = await createIssuance(async (aud) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setTimeout(resolve, iamMilliseconds));
      inFlight -= 1;
      return { keyId: 'k1', signedJwt: signed.get(aud) ?? '' };
    });
    const decided = await decideAll(issuance);
    const started = performance.now();
    const entries = await signItems(decided, new Limiter(atOnce), scopeOf());
    const took = performance.now() - started;
    if (entries.some(({ token }) => token === undefined)) throw new Error('An item was not signed.');
    return took;
  };
  const cold = await measure();
  const warm: number[] = [];
  for (let round = 0; round < rounds; round += 1) warm.push(await measure());
  if (most > atOnce) throw new Error(`${most} were in flight at once.`);
  const peer = `ceil(${items}/${atOnce}) × ${iamMilliseconds} ms`;
  const row = (name: string, values: number[], goal: number): Row => ({
    row: `a batch of 1,000, ${name}`,
    peer,
    ratio: median(values) / limitMilliseconds,
    figures: `${describe('signing', values, 'ms')}, limit ${limitMilliseconds} ms, at most ${most} in flight`,
    goal: ['at most', goal],
  });
  return [row('warm', warm, 1.1), row('cold', [cold], 1.2)];
}

const now = Math.floor(Date.now() / 1000);
const audienceOf = (index: number) => `https://n${index}.example.com`;
const scopeOf = (): RequestScope => ({
  requestId: 'r',
  deadline: performance.now() + 60_000,
  traceparent: undefined,
});

async function presign(): Promise<Map<string, string>> {
  const { privateKey } = await generateKeyPair('RS256');
  const tokens = new Map<string, string>();
  for (let index = 0; index < items; index += 1) {
    const aud = audienceOf(index);
    const claims = { iss: signer, sub: signer, iat: now, exp: now + 3600, aud };
    tokens.set(
      aud,
      await new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey),
    );
  }
  return tokens;
}

async function createIssuance(
  sign: (aud: string) => Promise<{ keyId: string; signedJwt: string }>,
): Promise<Issuance> {
  const loaded = { policy: await parsePolicy(JSON.stringify(policy)), digest: 'd', loadedAt: now };
  return {
    policySource: { current: async () => loaded },
    shadowSource: undefined,
    signer: {
      signJwt: ({ claims }) => sign(String(claims.aud)),
      generateIdToken: () => Promise.reject(new Error('not asked for')),
      signBlob: () => Promise.reject(new Error('not asked for')),
    },
    reuse: new TokenReuse(),
    rateLimit: new RateLimit(0),
    audit: { record: () => undefined },
    ownAudiences: [],
    now: () => now,
  };
}

async function decideAll(issuance: Issuance): Promise<DecidedItem[]> {
  const decided: DecidedItem[] = [];
  for (let index = 0; index < items; index += 1) {
    const json = { value: { claims: { aud: audienceOf(index) } }, faults: [] };
    const prepared = await prepareToken(issuance, { member, sub: member }, json, scopeOf());
    decided.push({ id: String(index), prepared });
  }
  return decided;
}

if (import.meta.main) console.log(toTable(await batchRows()));
