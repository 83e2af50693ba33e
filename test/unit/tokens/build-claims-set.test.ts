import { expect, test } from 'vitest';
import type { Problem } from '../../../functions/contract/problem.ts';
import { buildClaimsSet, type ClaimsPlan } from '../../../functions/tokens/build-claims-set.ts';
import { audience, now, signer } from '../../support/fixtures.ts';

const plan: ClaimsPlan = { signer, profile: 'generic', ttlSeconds: 3600, setClaims: {} };

function faultsOf(build: () => unknown) {
  try {
    build();
  } catch (error) {
    return (error as Problem).errors;
  }
  return [];
}

test('fills in iss, sub, iat and exp', () => {
  expect(buildClaimsSet({ aud: audience }, plan, now)).toEqual({
    iss: signer,
    sub: signer,
    aud: audience,
    iat: now,
    exp: now + 3600,
  });
});

test('changes nothing that the caller gave', () => {
  const claims = {
    aud: [audience],
    iat: now - 10,
    exp: now + 10,
    nbf: now,
    jti: 'a',
    sub: 'b',
    team: 'blue',
  };
  expect(buildClaimsSet(claims, plan, now)).toEqual({ iss: signer, ...claims });
});

test('counts exp from the iat that was given', () => {
  expect(buildClaimsSet({ aud: audience, iat: now - 100 }, plan, now).exp).toBe(now + 3500);
});

test('keeps a computed exp 60 s below the 12 hours that IAM allows', () => {
  expect(buildClaimsSet({ aud: audience }, { ...plan, ttlSeconds: 43_200 }, now).exp).toBe(now + 43_140);
});

test('refuses an iat so old that the token would be dead', () => {
  expect(faultsOf(() => buildClaimsSet({ aud: audience, iat: now - 3600 }, plan, now))).toMatchObject([
    { pointer: '/claims/iat' },
  ]);
});

test('refuses a nbf past the exp that is filled in', () => {
  expect(
    faultsOf(() => buildClaimsSet({ aud: audience, nbf: now + 50 }, { ...plan, ttlSeconds: 30 }, now)),
  ).toMatchObject([{ pointer: '/claims/nbf' }]);
});

test('puts in what the profile and the binding set', () => {
  const claims = buildClaimsSet(
    { aud: audience },
    { ...plan, profile: 'endpoints', setClaims: { caller: 'a@b' } },
    now,
  );
  expect(claims).toMatchObject({ email: signer, caller: 'a@b' });
});

test.each([
  ['endpoints', { email: 'other@example.com' }, '/claims/email'],
  ['endpoints', { sub: 'other@example.com' }, '/claims/sub'],
  ['iap', { sub: 'other@example.com' }, '/claims/sub'],
] as const)('profile %s refuses %j', (profile, claims, pointer) => {
  expect(
    faultsOf(() => buildClaimsSet({ aud: audience, ...claims }, { ...plan, profile }, now)),
  ).toMatchObject([{ pointer }]);
});

test('refuses an iat past the exp that is filled in', () => {
  expect(
    faultsOf(() => buildClaimsSet({ aud: audience, iat: now + 50 }, { ...plan, ttlSeconds: -40 }, now)),
  ).toMatchObject([{ pointer: '/claims/iat' }]);
});

test('a claim that the profile demands may be the binding’s to set, and must be there in the end', () => {
  const aud = 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';
  const firebase: ClaimsPlan = { ...plan, profile: 'firebase' };
  expect(buildClaimsSet({ aud }, { ...firebase, setClaims: { uid: 'u1' } }, now)).toMatchObject({
    uid: 'u1',
  });
  expect(faultsOf(() => buildClaimsSet({ aud }, firebase, now))).toMatchObject([{ pointer: '/claims/uid' }]);
});
