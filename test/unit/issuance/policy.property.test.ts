import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Binding, ClaimRequest } from '../../../functions/contract/generated/types.ts';
import { Problem } from '../../../functions/contract/problem.ts';
import { issueToken } from '../../../functions/issuance/issue-token.ts';
import { policyText } from '../../support/fixtures.ts';
import { fakeSigner, issuanceOf, scope } from '../../support/issuance.ts';

const policies = 250;
const requestsEach = 40;

const members = [
  'serviceAccount:a@p.iam.gserviceaccount.com',
  'serviceAccount:b@p.iam.gserviceaccount.com',
  'user:c@p.example',
];
const signers = ['s1@p.iam.gserviceaccount.com', 's2@p.iam.gserviceaccount.com'];
const audiences = [
  'https://one.example.com',
  'https://two.example.com',
  'partner-api',
  'https://firestore.googleapis.com/',
];
const subjects = ['$signer', '$caller', 'x@p.example'];
const profiles = ['generic', 'iap', 'endpoints'] as const;

const some = <T>(values: readonly T[]) => fc.subarray([...values], { minLength: 1 });

const binding = fc.record(
  {
    members: some(members),
    audiences: some(audiences),
    serviceAccounts: some(signers),
    kinds: some(['jwt', 'id_token', 'signature'] as const),
    profiles: some(profiles),
    subjects: some(subjects),
    maxTtlSeconds: fc.constantFrom(60, 3600, 43_200),
    delegates: fc.constantFrom([], [['d@p.example']], [['d@p.example', 'e@p.example']]),
    claims: fc.constantFrom(
      {},
      { properties: { team: { enum: ['blue'] } } },
      { properties: { team: {}, n: { type: 'integer' } } },
    ),
    multipleAudiences: fc.boolean(),
    allowGoogleApis: fc.boolean(),
  },
  { requiredKeys: ['members', 'audiences', 'serviceAccounts'] },
);
const policy = fc
  .array(binding, { minLength: 1, maxLength: 4 })
  .map((bindings) =>
    bindings.map((each, index): Binding => JSON.parse(JSON.stringify({ ...each, id: `b${index}` }))),
  );

const maybe = <T>(values: readonly T[]) =>
  fc.oneof({ weight: 2, arbitrary: fc.constant(undefined) }, fc.constantFrom(...values));
const request = fc.record({
  member: fc.constantFrom(...members),
  aud: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(...audiences, 'https://three.example.com') },
    fc.uniqueArray(fc.constantFrom(...audiences), { minLength: 1, maxLength: 2 }),
  ),
  sub: maybe(['x@p.example', 'a@p.iam.gserviceaccount.com', ...signers]),
  team: maybe(['blue', 'red']),
  n: maybe([1]),
  serviceAccount: maybe(signers),
  profile: maybe(profiles),
  ttlSeconds: maybe([30, 3600, 3601, 43_200]),
  delegates: maybe([[], ['d@p.example'], ['d@p.example', 'e@p.example']]),
});
type Asked = typeof request extends fc.Arbitrary<infer T> ? T : never;

/** Whether the binding allows the request, said once more and apart from the function. */
function allows(rule: Binding, asked: Asked): boolean {
  const signer = asked.serviceAccount ?? rule.serviceAccounts[0];
  const profile = asked.profile ?? (rule.profiles ?? ['generic'])[0];
  const maxTtl = rule.maxTtlSeconds ?? 3600;
  const caller = asked.member.split(':')[1];
  const named = (rule.subjects ?? ['$signer']).map(
    (each) => ({ $signer: signer, $caller: caller })[each] ?? each,
  );
  const listed = [asked.aud].flat();
  const schema = rule.claims as { properties?: { team?: { enum?: string[] }; n?: object } } | undefined;
  const team = schema?.properties?.team;
  const delegates = JSON.stringify(asked.delegates ?? []);
  return (
    rule.members.includes(asked.member) &&
    (rule.kinds ?? ['jwt']).includes('jwt') &&
    rule.serviceAccounts.includes(signer ?? '') &&
    (delegates === '[]' || (rule.delegates ?? []).some((chain) => JSON.stringify(chain) === delegates)) &&
    (listed.length === 1 || rule.multipleAudiences === true) &&
    listed.every((aud) => rule.audiences.includes(aud)) &&
    listed.every((aud) => !aud.includes('googleapis.com') || rule.allowGoogleApis === true) &&
    (rule.profiles ?? ['generic']).includes(profile ?? 'generic') &&
    named.includes(asked.sub ?? signer ?? '') &&
    (asked.ttlSeconds ?? Math.min(3600, maxTtl)) <= maxTtl &&
    (asked.team === undefined ||
      (team !== undefined && (team.enum ?? ['blue', 'red']).includes(asked.team))) &&
    (asked.n === undefined || schema?.properties?.n !== undefined)
  );
}

function toClaimRequest({ aud, sub, team, n, member: _member, ...rest }: Asked): ClaimRequest {
  return JSON.parse(JSON.stringify({ ...rest, claims: { aud, sub, team, n } }));
}

test(`${policies * requestsEach} requests: nothing outside the policy reaches IAM, nothing within it is denied`, async () => {
  const seen: Record<string, number> = {};
  for (const bindings of fc.sample(policy, { numRuns: policies, seed: 7 })) {
    const signer = fakeSigner();
    const { issuance } = await issuanceOf(policyText(...bindings), signer);
    for (const asked of fc.sample(request, requestsEach)) {
      const before = signer.calls();
      const json = { value: toClaimRequest(asked), faults: [] };
      const outcome = await issueToken(
        issuance,
        { member: asked.member, sub: '1' },
        json,
        { fresh: true },
        scope,
      ).catch((error: unknown) => error);
      const code = outcome instanceof Problem ? outcome.code : 'signed';
      seen[code] = (seen[code] ?? 0) + 1;
      const allowing = bindings.some((each) => allows(each, asked));
      const isSigned = signer.calls() > before;
      const story = () => `${JSON.stringify(asked)} under ${JSON.stringify(bindings)}: ${code}`;
      if (!allowing) expect(isSigned, story()).toBe(false);
      // A claims set that breaks a rule of its profile is refused before and after the policy.
      if (allowing && code !== 'invalid_claims') expect(isSigned, story()).toBe(true);
      if (!allowing) expect(['policy_denied', 'invalid_claims'], story()).toContain(code);
    }
  }
  console.log(`policy against oracle: ${JSON.stringify(seen)}, 0 disagreements`);
  expect(seen.signed ?? 0).toBeGreaterThan((policies * requestsEach) / 50);
}, 120_000);
