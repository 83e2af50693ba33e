import type { ClaimsSet } from '../../functions/contract/generated/types.ts';
import type { Issuance } from '../../functions/issuance/issue-token.ts';
import type { AuditEntry, RequestScope, Signer } from '../../functions/issuance/ports.ts';
import { RateLimit } from '../../functions/issuance/rate-limit.ts';
import { TokenReuse } from '../../functions/issuance/token-reuse.ts';
import { parsePolicy } from '../../functions/policy/parse-policy.ts';
import { now } from './fixtures.ts';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A JWT in form, signed by nobody. */
export function unsignedJwt(claims: object): string {
  return `${encode({ alg: 'RS256', kid: 'k1' })}.${encode(claims)}.c2ln`;
}

/** A signer in IAM's place that notes what reaches it. */
export function fakeSigner(): Signer & { signed: ClaimsSet[]; calls: () => number } {
  const signed: ClaimsSet[] = [];
  let calls = 0;
  return {
    signed,
    calls: () => calls,
    async signJwt({ claims }) {
      calls += 1;
      signed.push(claims);
      return { keyId: 'k1', signedJwt: unsignedJwt(claims) };
    },
    async generateIdToken({ audience, serviceAccount }) {
      calls += 1;
      const claims = { iss: 'https://accounts.google.com', sub: '1', aud: audience, email: serviceAccount };
      return unsignedJwt({ ...claims, iat: now, exp: now + 3600 });
    },
    async signBlob() {
      calls += 1;
      return { keyId: 'k1', signedBlob: 'c2ln' };
    },
  };
}

/** Issuance under this policy at the frozen time, its audit kept. */
export async function issuanceOf(
  policy: string,
  signer: Signer,
  changes: Partial<Issuance> = {},
): Promise<{ issuance: Issuance; audit: AuditEntry[] }> {
  const audit: AuditEntry[] = [];
  const loaded = { policy: await parsePolicy(policy), digest: 'd1', loadedAt: now };
  const issuance: Issuance = {
    policySource: { current: async () => loaded },
    shadowSource: undefined,
    signer,
    reuse: new TokenReuse(),
    rateLimit: new RateLimit(0),
    audit: { record: (entry) => void audit.push(entry) },
    ownAudiences: ['https://countersign-abc.run.app'],
    now: () => now,
    ...changes,
  };
  return { issuance, audit };
}

export const scope: RequestScope = {
  requestId: 'r1',
  deadline: Number.POSITIVE_INFINITY,
  traceparent: undefined,
};
