import { describe, expect, test } from 'vitest';
import type { Binding } from '../../../functions/contract/generated/types.ts';
import type { PolicyCase } from '../../../tools/policy/parse-cases.ts';
import { testPolicy } from '../../../tools/policy/test-policy.ts';
import { audience, binding, caller, now, policyText, signer } from '../../support/fixtures.ts';

const ownAudience = 'https://countersign-abc.run.app';

function run(cases: object, ...bindings: Binding[]) {
  const policy = { path: 'policy.json', text: policyText(...(bindings.length > 0 ? bindings : [binding()])) };
  return testPolicy(policy, { path: 'cases.json', text: JSON.stringify(cases) }, () => now);
}

function aCase(changes: Partial<PolicyCase> = {}): PolicyCase {
  return {
    name: 'a case',
    member: caller,
    request: { claims: { aud: audience } },
    expect: 'allow',
    ...changes,
  };
}

async function outcomeOf(changes: Partial<PolicyCase>, ...bindings: Binding[]) {
  const { exitCode, json } = await run({ ownAudiences: [ownAudience], cases: [aCase(changes)] }, ...bindings);
  const [failure] = (json as { failures: { actual: string }[] }).failures;
  return exitCode === 0 ? 'as expected' : failure?.actual;
}

describe('a case that comes out as expected', () => {
  const hourOfIdTokens = binding({ kinds: ['id_token'], maxTtlSeconds: 3600 });

  test.each<[string, Partial<PolicyCase>, Binding?]>([
    ['is allowed', {}],
    ['is allowed by the binding it names', { binding: binding().id }],
    ['is denied', { request: { claims: { aud: 'https://other.example.com' } }, expect: 'deny' }],
    [
      'is denied where it says',
      { request: { claims: { aud: 'https://other.example.com' } }, expect: 'deny', pointer: '/claims/aud' },
    ],
    ['is denied to whom no binding names', { member: 'user:nobody@example.com', expect: 'deny' }],
    [
      'is denied for a rule that needs no policy',
      { request: { claims: { aud: audience, exp: '1' } }, expect: 'deny', pointer: '/claims/exp' },
    ],
    [
      'is denied for a rule of its profile',
      {
        request: { profile: 'iap', ttlSeconds: 7200, claims: { aud: audience } },
        expect: 'deny',
        code: 'invalid_claims',
      },
      binding({ profiles: ['iap'], maxTtlSeconds: 7200 }),
    ],
    [
      'is denied for an audience of Countersign’s own',
      { request: { claims: { aud: ownAudience } }, expect: 'deny', pointer: '/claims/aud' },
      binding({ audiences: [ownAudience] }),
    ],
    ['is an ID token', { kind: 'id_token', request: { aud: audience } }, hourOfIdTokens],
    [
      'is a signature',
      { kind: 'signature', request: { bytes: 'aGVsbG8=' } },
      binding({ kinds: ['signature'] }),
    ],
    [
      'is a raw signature that none may have',
      { kind: 'signature', request: { bytes: 'aGVsbG8=', raw: true }, expect: 'deny', pointer: '/raw' },
      binding({ kinds: ['signature'] }),
    ],
    ['is of a kind that the binding lacks', { kind: 'id_token', request: { aud: audience }, expect: 'deny' }],
  ])('%s', async (_, changes, allowing = binding()) => {
    expect(await outcomeOf(changes, allowing)).toBe('as expected');
  });
});

describe('a case that does not come out as expected', () => {
  test.each<[string, Partial<PolicyCase>, string]>([
    ['allowed for denied', { expect: 'deny' }, `allowed by ${binding().id}`],
    ['allowed by another binding', { binding: 'another' }, `allowed by ${binding().id}`],
    [
      'denied for allowed',
      { member: 'user:nobody@example.com' },
      'denied as policy_denied, No binding names user:nobody@example.com.',
    ],
    [
      'denied elsewhere',
      { request: { ttlSeconds: 43_200, claims: { aud: audience } }, expect: 'deny', pointer: '/claims/aud' },
      'denied as policy_denied, /ttlSeconds: found 43200',
    ],
    [
      'denied with another code',
      { member: 'user:nobody@example.com', expect: 'deny', code: 'invalid_claims' },
      'denied as policy_denied',
    ],
    [
      'a malformed request, which shows nothing of the policy',
      { request: { claims: { aud: audience }, cliams: {} }, expect: 'deny' },
      'denied as invalid_request, /cliams',
    ],
  ])('%s', async (_, changes, actual) => {
    expect(await outcomeOf(changes)).toContain(actual);
  });
});

test('prints each failure with actual and expected, and ends with the counts', async () => {
  const wrong = aCase({ name: 'nobody may ask', expect: 'deny', pointer: '/claims/aud' });
  const { lines, exitCode } = await run({ cases: [aCase(), wrong] });
  expect(lines).toEqual([
    '/cases/1 nobody may ask',
    '  expected denied as policy_denied or invalid_claims, at /claims/aud',
    `  actual   allowed by ${binding().id}`,
    '2 cases: 1 as expected, 1 not.',
  ]);
  expect(exitCode).toBe(1);
});

test('takes the time that the file gives', async () => {
  const request = { claims: { aud: audience, iat: 1_000_000_000, exp: 1_000_003_600 } };
  expect((await run({ now: 1_000_000_000, cases: [aCase({ request })] })).exitCode).toBe(0);
  expect((await run({ cases: [aCase({ request })] })).exitCode).toBe(1);
});

test('sets the claims that the binding sets, and holds the profile’s rules against the whole', async () => {
  const uid = binding({
    audiences: ['https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit'],
    allowGoogleApis: true,
    profiles: ['firebase'],
    setClaims: { uid: '$caller' },
  });
  const request = { claims: { aud: uid.audiences[0] } };
  expect(await outcomeOf({ request }, uid)).toBe('as expected');
  expect(await outcomeOf({ request }, { ...uid, setClaims: {} })).toContain('/claims/uid');
});

describe('files that can’t be used end with 2', () => {
  test.each([
    ['no cases', { cases: [] }, '/cases'],
    ['an unknown member', { cases: [{ ...aCase(), expects: 'deny' }] }, '/cases/0/expects'],
    ['a member of no kind', { cases: [aCase({ member: 'group:all@example.com' })] }, '/cases/0/member'],
    ['a pointer with allow', { cases: [aCase({ pointer: '/claims' })] }, '/cases/0/pointer'],
    ['a binding with deny', { cases: [aCase({ expect: 'deny', binding: 'a' })] }, '/cases/0/binding'],
  ])('%s', async (_, cases, pointer) => {
    const { exitCode, lines } = await run(cases);
    expect(exitCode).toBe(2);
    expect(lines[0]).toBe(pointer);
    expect(lines.at(-1)).toBe("cases.json can't be used: no case was run.");
  });

  test('cases that are no JSON', async () => {
    const policy = { path: 'policy.json', text: policyText(binding()) };
    const { exitCode, lines } = await testPolicy(policy, { path: 'cases.json', text: '{' }, () => now);
    expect([exitCode, lines[0]]).toEqual([2, 'the whole file']);
  });

  test('a policy with a mistake', async () => {
    const { exitCode, lines } = await run({ cases: [aCase()] }, binding({ serviceAccounts: [] }));
    expect([exitCode, lines[0]]).toEqual([2, '/bindings/0/serviceAccounts']);
    expect(lines.at(-1)).toContain('policy.json');
  });
});

test('a signer that is not the binding’s is denied at its place', async () => {
  const request = { serviceAccount: `other-${signer}`, claims: { aud: audience } };
  expect(await outcomeOf({ request, expect: 'deny', pointer: '/serviceAccount' })).toBe('as expected');
});
