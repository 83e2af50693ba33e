import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Binding } from '../../../functions/contract/generated/types.ts';
import { type PolicyError, parsePolicy } from '../../../functions/policy/parse-policy.ts';
import { binding, caller, otherSigner, policyText, signer } from '../../support/fixtures.ts';

async function mistakesOf(text: string): Promise<string[]> {
  const error = await parsePolicy(text).then(
    () => undefined,
    (thrown: PolicyError) => thrown,
  );
  return error?.mistakes.map(({ pointer }) => pointer) ?? [];
}

test('sets what a binding leaves out to the narrowest', async () => {
  const { bindings } = await parsePolicy(policyText(binding()));
  expect(bindings[0]).toMatchObject({
    kinds: ['jwt'],
    profiles: ['generic'],
    subjects: ['$signer'],
    maxTtlSeconds: 3600,
    delegates: [],
    setClaims: {},
    multipleAudiences: false,
    allowGoogleApis: false,
    allowRawBytes: false,
  });
});

test('the signers are those of all bindings, the first the default', async () => {
  const { signers } = await parsePolicy(
    policyText(
      binding({ id: 'a', serviceAccounts: [otherSigner, signer] }),
      binding({ id: 'b', serviceAccounts: [signer] }),
    ),
  );
  expect(signers).toEqual([otherSigner, signer]);
});

test('loads the local policy', async () => {
  const { byMember } = await parsePolicy(await readFile('tools/policies/local.json', 'utf8'));
  expect(byMember.get('serviceAccount:caller@countersign-local.iam.gserviceaccount.com')).toHaveLength(1);
});

test.each<[string, Partial<Binding>, string]>([
  ['a signer as member', { members: [`serviceAccount:${signer}`] }, '/bindings/0/members/0'],
  ['a wide pattern', { audiences: ['https://*.com'] }, '/bindings/0/audiences/0'],
  [
    'an audience that mints credentials',
    { audiences: ['https://iam.googleapis.com/'] },
    '/bindings/0/audiences/0',
  ],
  ['open claims', { claims: { additionalProperties: true } }, '/bindings/0/claims'],
  ['a schema that is none', { claims: { properties: { a: { type: 'text' } } } }, '/bindings/0/claims'],
  [
    'a remote schema',
    { claims: { properties: { a: { $ref: 'https://example.com/a.json' } } } },
    '/bindings/0/claims',
  ],
  ['a registered claim that the server would set', { setClaims: { sub: 'x' } }, '/bindings/0/setClaims/sub'],
  [
    'a claim of both sides',
    { claims: { properties: { a: {} } }, setClaims: { a: 1 } },
    '/bindings/0/setClaims/a',
  ],
  ['scope that the server would set', { setClaims: { scope: 'x' } }, '/bindings/0/setClaims/scope'],
  ['a name of every object’s', { setClaims: { constructor: 1 } }, '/bindings/0/setClaims/constructor'],
  [
    'a claim that its profile fills',
    { profiles: ['generic', 'endpoints'], setClaims: { email: '$caller' } },
    '/bindings/0/setClaims/email',
  ],
  ['claims that are checked later', { claims: { $async: true } }, '/bindings/0/claims'],
  [
    'claims in another draft of JSON Schema',
    { claims: { $schema: 'http://json-schema.org/draft-07/schema#' } },
    '/bindings/0/claims',
  ],
  ['a member that is none', { members: ['allUsers'] }, '/bindings/0/members/0'],
  ['no members', { members: [] }, '/bindings/0/members'],
  ['an id that is none', { id: 'My binding' }, '/bindings/0/id'],
  ['a life past 12 hours', { maxTtlSeconds: 43_201 }, '/bindings/0/maxTtlSeconds'],
  ['a delivery that is none', { deliverTo: ['secrets/s'] }, '/bindings/0/deliverTo/0'],
])('refuses %s', async (_what, changes, pointer) => {
  expect(await mistakesOf(policyText(binding(changes)))).toEqual([pointer]);
});

test('refuses an unknown member, a repeated id and a repeated name', async () => {
  expect(await mistakesOf(JSON.stringify({ bindings: [{ ...binding(), audience: 'x' }] }))).toEqual([
    '/bindings/0/audience',
  ]);
  expect(await mistakesOf(policyText(binding(), binding()))).toEqual(['/bindings/1/id']);
  expect(await mistakesOf('{"bindings": [], "bindings": []}')).toEqual(['/bindings']);
});

test('refuses two topics with one push account', async () => {
  const pushAccounts = {
    'projects/p/topics/a': 'push@p.iam.gserviceaccount.com',
    'projects/p/topics/b': 'push@p.iam.gserviceaccount.com',
  };
  expect(await mistakesOf(JSON.stringify({ bindings: [binding()], pushAccounts }))).toEqual([
    '/pushAccounts/projects~1p~1topics~1b',
  ]);
});

test('reports every mistake at once', async () => {
  const text = policyText(
    binding({ id: 'a', audiences: ['https://*.com'], setClaims: { exp: 1 } }),
    binding({ id: 'b', members: [caller, `serviceAccount:${signer}`] }),
  );
  expect((await mistakesOf(text)).sort()).toEqual([
    '/bindings/0/audiences/0',
    '/bindings/0/setClaims/exp',
    '/bindings/1/members/1',
  ]);
});
