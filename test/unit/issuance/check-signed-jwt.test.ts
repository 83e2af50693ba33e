import { expect, test } from 'vitest';
import type { ClaimsSet } from '../../../functions/contract/generated/types.ts';
import { checkSignedJwt } from '../../../functions/issuance/check-signed-jwt.ts';
import { audience, now, signer } from '../../support/fixtures.ts';

const claims: ClaimsSet = {
  iss: signer,
  sub: signer,
  aud: audience,
  iat: now,
  exp: now + 3600,
  team: { name: 'blue' },
};
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const header = { alg: 'RS256', kid: 'k1', typ: 'JWT' };

const check = (signedJwt: string, keyId = 'k1') => checkSignedJwt({ keyId, signedJwt }, claims);

test('lets pass what was asked, in whatever order its members are', () => {
  const reordered = Object.fromEntries(Object.entries(claims).reverse());
  expect(() => check(`${encode(header)}.${encode(reordered)}.c2ln`)).not.toThrow();
});

test.each<[string, string]>([
  ['another algorithm', `${encode({ ...header, alg: 'HS256' })}.${encode(claims)}.c2ln`],
  ['another key than IAM names', `${encode({ ...header, kid: 'k2' })}.${encode(claims)}.c2ln`],
  ['a claim less', `${encode(header)}.${encode({ ...claims, team: undefined })}.c2ln`],
  ['a claim more', `${encode(header)}.${encode({ ...claims, admin: true })}.c2ln`],
  ['another value', `${encode(header)}.${encode({ ...claims, exp: now + 3601 })}.c2ln`],
  ['a value of another type', `${encode(header)}.${encode({ ...claims, exp: String(now + 3600) })}.c2ln`],
  ['no signature', `${encode(header)}.${encode(claims)}.`],
  ['four parts', `${encode(header)}.${encode(claims)}.c2ln.c2ln`],
  ['a header that is no JSON', `bm9wZQ.${encode(claims)}.c2ln`],
  ['a payload that is no object', `${encode(header)}.${encode(null)}.c2ln`],
  ['nothing', ''],
])('refuses %s', (_what, signedJwt) => {
  expect(() => check(signedJwt)).toThrow(expect.objectContaining({ code: 'signer_response_invalid' }));
});
