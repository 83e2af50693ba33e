import { expect, test } from 'vitest';
import { issueIdToken } from '../../../functions/issuance/issue-id-token.ts';
import { issueToken } from '../../../functions/issuance/issue-token.ts';
import type { LoadedPolicy } from '../../../functions/issuance/ports.ts';
import { parsePolicy } from '../../../functions/policy/parse-policy.ts';
import { parseJson } from '../../../functions/tokens/parse-json.ts';
import { audience, binding, caller, now, otherSigner, policyText, signer } from '../../support/fixtures.ts';
import { fakeSigner, issuanceOf, scope } from '../../support/issuance.ts';

const other = 'serviceAccount:billing@acme.iam.gserviceaccount.com';
const both = binding({
  members: [caller, other],
  serviceAccounts: [signer, otherSigner],
  kinds: ['jwt', 'id_token'],
  profiles: ['generic', 'endpoints'],
});
const json = (value: unknown) => parseJson(JSON.stringify(value));

/** A function that has issued one token to `caller`, asked again: as whom, for what, under which policy. */
async function askAgain(change: { member?: string; request?: object; digest?: string; kind?: 'id_token' }) {
  const policy = await parsePolicy(policyText(both));
  let digest = 'd1';
  const current = async (): Promise<LoadedPolicy> => ({ policy, digest, loadedAt: now });
  const { issuance } = await issuanceOf(policyText(both), fakeSigner(), { policySource: { current } });
  const first = { claims: { aud: audience } };
  await issueToken(issuance, { member: caller, sub: '1' }, json(first), { fresh: false }, scope);
  digest = change.digest ?? digest;
  const who = { member: change.member ?? caller, sub: change.member === undefined ? '1' : '2' };
  if (change.kind !== undefined) {
    return issueIdToken(issuance, who, json({ aud: audience }), { fresh: false }, scope);
  }
  return issueToken(issuance, who, json({ ...first, ...change.request }), { fresh: false }, scope);
}

test('the same caller with the same request is handed the same token', async () => {
  expect(await askAgain({})).toMatchObject({ reused: true });
});

test.each([
  ['another caller that the same binding allows', { member: other }],
  ['a changed policy, though it still allows the request', { digest: 'd2' }],
  ['another signer', { request: { serviceAccount: otherSigner } }],
  ['another profile', { request: { profile: 'endpoints' } }],
  ['another life', { request: { ttlSeconds: 600 } }],
  ['another kind of token', { kind: 'id_token' as const }],
])('no token is handed on to %s', async (_, change) => {
  expect(await askAgain(change)).toMatchObject({ reused: false });
});
