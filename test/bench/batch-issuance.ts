import type { DecidedItem } from '../../functions/events/sign-items.ts';
import { type Issuance, prepareToken } from '../../functions/issuance/issue-token.ts';
import type { RequestScope, Signer } from '../../functions/issuance/ports.ts';
import { RateLimit } from '../../functions/issuance/rate-limit.ts';
import { TokenReuse } from '../../functions/issuance/token-reuse.ts';
import { parsePolicy } from '../../functions/policy/parse-policy.ts';

const serviceAccount = 'signer@acme.iam.gserviceaccount.com';
const member = 'topic:projects/acme/topics/token-requests';
const policy = {
  bindings: [
    { id: 'b', members: [member], audiences: ['https://*.example.com'], serviceAccounts: [serviceAccount] },
  ],
};
const now = () => Math.floor(Date.now() / 1000);

export const batchScope = (): RequestScope => ({
  requestId: 'r',
  deadline: performance.now() + 60_000,
  traceparent: undefined,
});

/** All that issuing needs, with this signer and no audit. */
export async function createBatchIssuance(signer: Signer): Promise<Issuance> {
  const loaded = { policy: await parsePolicy(JSON.stringify(policy)), digest: 'd', loadedAt: now() };
  return {
    policySource: { current: async () => loaded },
    shadowSource: undefined,
    signer,
    reuse: new TokenReuse(),
    rateLimit: new RateLimit(0),
    audit: { record: () => undefined },
    ownAudiences: [],
    now,
  };
}

let asked = 0;

/** So many items that the policy allows, no two alike, also of two batches. */
export async function decideItems(issuance: Issuance, count: number): Promise<DecidedItem[]> {
  const decided: DecidedItem[] = [];
  for (let index = 0; index < count; index += 1) {
    asked += 1;
    const json = { value: { claims: { aud: `https://n${asked}.example.com` } }, faults: [] };
    const prepared = await prepareToken(issuance, { member, sub: member }, json, batchScope());
    decided.push({ id: String(index), prepared });
  }
  return decided;
}
