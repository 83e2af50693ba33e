import { Limiter } from '../../functions/events/limiter.ts';
import { type DecidedItem, signItems } from '../../functions/events/sign-items.ts';
import { createIamSigner } from '../../functions/google/iam-signer.ts';
import { type Issuance, prepareToken } from '../../functions/issuance/issue-token.ts';
import type { RequestScope } from '../../functions/issuance/ports.ts';
import { RateLimit } from '../../functions/issuance/rate-limit.ts';
import { TokenReuse } from '../../functions/issuance/token-reuse.ts';
import { parsePolicy } from '../../functions/policy/parse-policy.ts';

export const items = 1000;
export const atOnce = 64;

const signer = 'signer@acme.iam.gserviceaccount.com';
const member = 'topic:projects/acme/topics/token-requests';
const policy = {
  bindings: [{ id: 'b', members: [member], audiences: ['https://*.example.com'], serviceAccounts: [signer] }],
};
const now = () => Math.floor(Date.now() / 1000);

/** Milliseconds that each of three batches takes to be signed by an IAM on this port, decided beforehand. */
async function signBatches(iamPort: number, count: number): Promise<number[]> {
  const times: number[] = [];
  const issuance = await createIssuance(`http://127.0.0.1:${iamPort}`);
  for (let batch = 0; batch < count; batch += 1) {
    const decided = await decideAll(issuance, items);
    const began = performance.now();
    const entries = await signItems(decided, new Limiter(atOnce), scope());
    times.push(performance.now() - began);
    if (entries.some(({ token }) => token === undefined)) throw new Error('An item was not signed.');
  }
  return times;
}

const scope = (): RequestScope => ({
  requestId: 'r',
  deadline: performance.now() + 60_000,
  traceparent: undefined,
});

async function createIssuance(iamCredentials: string): Promise<Issuance> {
  const loaded = { policy: await parsePolicy(JSON.stringify(policy)), digest: 'd', loadedAt: now() };
  const credentials = {
    accessToken: async () => 'ya29.bench',
    email: async () => '',
    discard: () => undefined,
  };
  return {
    policySource: { current: async () => loaded },
    shadowSource: undefined,
    signer: createIamSigner({ iamCredentials, keys: iamCredentials, isLocal: false }, credentials),
    reuse: new TokenReuse(),
    rateLimit: new RateLimit(0),
    audit: { record: () => undefined },
    ownAudiences: [],
    now,
  };
}

let asked = 0;

async function decideAll(issuance: Issuance, count: number): Promise<DecidedItem[]> {
  const decided: DecidedItem[] = [];
  for (let index = 0; index < count; index += 1) {
    asked += 1;
    const json = { value: { claims: { aud: `https://n${asked}.example.com` } }, faults: [] };
    const prepared = await prepareToken(issuance, { member, sub: member }, json, scope());
    decided.push({ id: String(index), prepared });
  }
  return decided;
}

if (import.meta.main) console.log(JSON.stringify(await signBatches(Number(process.argv[2]), 3)));
