import { describe, expect, test } from 'vitest';
import type { Binding } from '../../../functions/contract/generated/types.ts';
import { type AccessRequest, decide } from '../../../functions/policy/decide.ts';
import { parsePolicy } from '../../../functions/policy/parse-policy.ts';
import { audience, binding, caller, now, otherSigner, policyText, signer } from '../../support/fixtures.ts';

const context = { now, ownAudiences: ['https://countersign-abc.run.app'] };

function ask(changes: Partial<AccessRequest> & { claims?: AccessRequest['claims'] } = {}): AccessRequest {
  return { kind: 'jwt', member: caller, claims: { aud: audience }, ...changes };
}

async function decideBy(bindings: Binding[], request: AccessRequest) {
  return decide(await parsePolicy(policyText(...bindings)), request, context);
}

async function failureOf(changes: Partial<Binding>, request: AccessRequest) {
  const decision = await decideBy([binding(changes)], request);
  return decision.grant === undefined ? decision.refusals[0]?.fault : 'granted';
}

test('fills what the request leaves out from the first binding that then allows it', async () => {
  const narrow = binding({ id: 'narrow', audiences: ['https://other.example.com'] });
  const wide = binding({
    id: 'wide',
    serviceAccounts: [otherSigner, signer],
    profiles: ['iap'],
    maxTtlSeconds: 600,
  });
  const { grant } = await decideBy([narrow, wide, binding()], ask());
  expect(grant).toMatchObject({
    binding: { id: 'wide' },
    profile: 'iap',
    serviceAccount: otherSigner,
    ttlSeconds: 600,
    delegates: [],
  });
});

test('one binding must allow the whole request: two that allow half of it each do not', async () => {
  const decision = await decideBy(
    [binding({ id: 'a', profiles: ['iap'] }), binding({ id: 'b', audiences: ['https://b.example.com'] })],
    ask({ profile: 'iap', claims: { aud: 'https://b.example.com' } }),
  );
  expect(decision).toMatchObject({
    grant: undefined,
    refusals: [
      { binding: 'a', fault: { pointer: '/claims/aud' } },
      { binding: 'b', fault: { pointer: '/profile' } },
    ],
  });
});

test('tells a member that no binding names of no binding at all', async () => {
  const decision = await decideBy(
    [binding()],
    ask({ member: 'serviceAccount:stranger@acme.iam.gserviceaccount.com' }),
  );
  expect(decision).toEqual({ grant: undefined, refusals: [] });
});

describe('what no binding allows unless it says so', () => {
  test.each<[string, Partial<Binding>, Partial<AccessRequest>, string]>([
    ['another kind', {}, { kind: 'id_token' }, ''],
    ['another signer', {}, { serviceAccount: otherSigner }, '/serviceAccount'],
    ['another issuer', {}, { claims: { aud: audience, iss: otherSigner } }, '/claims/iss'],
    ['a delegation', {}, { delegates: [otherSigner] }, '/delegates'],
    ['part of a chain', { delegates: [[otherSigner, signer]] }, { delegates: [otherSigner] }, '/delegates'],
    ['several audiences', {}, { claims: { aud: [audience, 'https://b.example.com'] } }, '/claims/aud'],
    [
      'one of several audiences',
      { multipleAudiences: true },
      { claims: { aud: [audience, 'https://b.example.com'] } },
      '/claims/aud',
    ],
    ['another audience', {}, { claims: { aud: 'https://b.example.com' } }, '/claims/aud'],
    ['another profile', {}, { profile: 'iap' }, '/profile'],
    ['another subject', {}, { claims: { aud: audience, sub: 'x@example.com' } }, '/claims/sub'],
    ['the signer as subject', { subjects: ['$caller'] }, {}, '/claims/sub'],
    ['a longer life', {}, { ttlSeconds: 3601 }, '/ttlSeconds'],
    ['a later exp', {}, { claims: { aud: audience, exp: now + 3601 } }, '/claims/exp'],
    [
      'a longer life since iat',
      {},
      { claims: { aud: audience, iat: now - 1, exp: now + 3600 } },
      '/claims/exp',
    ],
    ['a private claim', {}, { claims: { aud: audience, team: 'blue' } }, '/claims/team'],
    [
      'another private claim',
      { claims: { properties: { team: { type: 'string' } } } },
      { claims: { aud: audience, group: 'blue' } },
      '/claims/group',
    ],
    [
      'another value of a private claim',
      { claims: { properties: { team: { enum: ['blue'] } } } },
      { claims: { aud: audience, team: 'red' } },
      '/claims/team',
    ],
    [
      'another value of a claim with a name of JSON Schema’s',
      { claims: { properties: { anyOf: { enum: ['blue'] } } } },
      { claims: { aud: audience, anyOf: { admin: true } } },
      '/claims/anyOf',
    ],
    [
      'a URL for a name',
      {},
      { claims: { aud: audience, 'https://x/roles~': 1 } },
      '/claims/https:~1~1x~1roles~0',
    ],
    [
      'an iat past the life that is left',
      { maxTtlSeconds: 10 },
      { claims: { aud: audience, iat: now + 50 } },
      '/claims/iat',
    ],
    ['email where no profile fills it', {}, { claims: { aud: audience, email: signer } }, '/claims/email'],
  ])('%s', async (_what, changes, request, pointer) => {
    expect(await failureOf(changes, ask(request))).toMatchObject({ pointer });
  });
});

describe('what a binding allows that says so', () => {
  test.each<[string, Partial<Binding>, Partial<AccessRequest>]>([
    ['a kind', { kinds: ['jwt', 'id_token'] }, { kind: 'id_token' }],
    ['a whole chain', { delegates: [[otherSigner]] }, { delegates: [otherSigner] }],
    ['no chain, beside those listed', { delegates: [[otherSigner]] }, {}],
    [
      'several audiences',
      { multipleAudiences: true, audiences: ['https://*.example.com'] },
      { claims: { aud: [audience, 'https://b.example.com'] } },
    ],
    ['an array of one audience', {}, { claims: { aud: [audience] } }],
    [
      'the caller as subject',
      { subjects: ['$caller'] },
      { claims: { aud: audience, sub: caller.slice(15) } },
    ],
    [
      'a literal subject',
      { subjects: ['x@example.com'] },
      { claims: { aud: audience, sub: 'x@example.com' } },
    ],
    ['twelve hours', { maxTtlSeconds: 43_200 }, { ttlSeconds: 43_200 }],
    [
      'a private claim',
      { claims: { properties: { team: { enum: ['blue'] } } } },
      { claims: { aud: audience, team: 'blue' } },
    ],
    [
      'the email that the profile fills',
      { profiles: ['endpoints'] },
      { claims: { aud: audience, email: signer } },
    ],
    ['an iat a little ahead', {}, { claims: { aud: audience, iat: now + 30 } }],
  ])('%s', async (_what, changes, request) => {
    expect(await failureOf(changes, ask(request))).toBe('granted');
  });
});

describe('Google’s own audiences', () => {
  const firestore = 'https://firestore.googleapis.com/';
  test.each<[string, Partial<Binding>, string, boolean]>([
    ['are refused', { audiences: [firestore] }, firestore, false],
    ['are allowed in so many words', { audiences: [firestore], allowGoogleApis: true }, firestore, true],
    [
      'need a literal',
      { audiences: ['https://*.x.googleapis.com/'], allowGoogleApis: true },
      'https://a.x.googleapis.com/',
      false,
    ],
    ['are what can not be classified', { audiences: ['urn:partner'] }, 'urn:partner', false],
    ['are not a bare name', { audiences: ['partner-api'] }, 'partner-api', true],
  ])('%s', async (_what, changes, aud, granted) => {
    const failure = await failureOf(changes, ask({ claims: { aud } }));
    expect(failure === 'granted').toBe(granted);
  });
});

test.each([
  'https://countersign-abc.run.app',
  'https://countersign-abc.run.app/',
  'http://countersign-abc.run.app',
])('signs nothing for Countersign itself: %s', async (own) => {
  expect(await failureOf({ audiences: [own] }, ask({ claims: { aud: own } }))).toMatchObject({
    expected: 'another audience',
  });
});
