import { describe, expect, test } from 'vitest';
import { describeCode } from '../../../sdk/src/diagnose/describe-finding.ts';
import { explain, knownTexts } from '../../../sdk/src/diagnose/explain/explain.ts';
import { type FindingCode, stepOf } from '../../../sdk/src/diagnose/finding.ts';
import { unrelatedErrors } from '../../support/unrelated-errors.ts';

const codesOf = (text: string) => explain(text).map(({ code }) => code);

/** Each text of the table with something put where it differs from case to case. */
const samples = knownTexts.flatMap(({ library, texts, common = [] }) =>
  [...texts, ...common].map(([text, ...codes]) => ({
    library,
    text: text.replaceAll('*', 'sa-7@p.iam.gserviceaccount.com'),
    codes,
  })),
);

const variants: Record<string, (text: string) => string> = {
  'as it is': (text) => text,
  'behind a class name': (text) => `Uncaught Error: ${text}`,
  'in a log line': (text) => `2026-11-22T03:14:15.926Z ERROR ${text}`,
  'in JSON': (text) => JSON.stringify({ level: 'error', message: text }),
  'in JSON in JSON': (text) => JSON.stringify({ message: JSON.stringify({ error: text }) }),
  'in capitals': (text) => text.toUpperCase(),
  'with a stack': (text) => `${text}\n    at verify (/app/node_modules/x/index.js:1:2)`,
  'in an HTML page': (text) => `JWT: ${text.replaceAll('"', '&quot;').replaceAll("'", '&#39;')}</p>`,
};

describe.each(Object.entries(variants))('a known text %s', (_, vary) => {
  test.each(samples)('$library: $text', ({ text, codes }) => {
    const found = codesOf(vary(text));
    expect(found[0]).toBe(codes[0]);
    expect(found).toEqual(expect.arrayContaining([...codes]));
  });
});

test('does not recognise lines that are about something else', () => {
  expect(unrelatedErrors.length).toBeGreaterThanOrEqual(200);
  const recognised = unrelatedErrors.filter((line) => explain(line).length > 0);
  expect(recognised).toEqual([]);
  console.log(
    `${samples.length} texts in ${Object.keys(variants).length} forms; ${unrelatedErrors.length} others`,
  );
});

test.each([
  // The third seed's table of causes.
  ['JsonWebTokenError: invalid signature', 'signature_invalid'],
  ['invalid signature', 'signature_invalid'],
  ['signature verification failed', 'signature_invalid'],
  ['invalid algorithm', 'alg_not_allowed'],
  ["unable to find a signing key that matches 'kid'", 'kid_not_found'],
  ['jwt audience invalid', 'audience_mismatch'],
  ['jwt expired', 'expired'],
  ['invalid token', 'token_malformed'],
  // Wrapped as they are met in practice.
  [
    "error in secret or public key callback: Unable to find a signing key that matches 'a1b2c3'",
    'kid_not_found',
  ],
  ['{"code":403,"message":"Audiences in Jwt are not allowed"}', 'audience_mismatch'],
  ['jwt_authn_access_denied{Jwt_is_expired}', 'expired'],
  [
    "Invalid IAP credentials: JWT audience doesn't match this application ('aud' claim (https://a.example) doesn't match expected value (12-ab.apps.googleusercontent.com))",
    'audience_mismatch',
  ],
  ['An error occurred while attempting to decode the Jwt: Jwt expired at 2026-11-21T09:30:00Z', 'expired'],
  [
    "IDX10501: Signature validation failed. Unable to match key: \nkid: '1b94c'.\nExceptions caught:\n ''.",
    'kid_not_found',
  ],
  ['oidc: token is expired (Token Expiry: 2026-11-21 09:30:00 +0000 UTC)', 'expired'],
] as const)('says what %j means', (text, code) => {
  expect(codesOf(text)[0]).toBe(code);
});

test('names every fault of a text that has several', () => {
  const found = codesOf('token has invalid claims: token is expired, token has invalid issuer');
  expect(found.slice(0, 2)).toEqual(['expired', 'issuer_mismatch']);
});

test('answers in both languages with the library whose text it is', () => {
  const [first] = explain('jwt expired');
  expect(first?.library).toBe('jsonwebtoken');
  expect(first?.remedy.en).toMatch(/new token/i);
  expect(first?.remedy.ja).toMatch(/トークン/);
});

test.each(Object.keys(stepOf) as FindingCode[])('has a text for %s that needs no token', (code) => {
  const { cause, remedy } = describeCode(code);
  for (const text of [cause.en, cause.ja, remedy.en, remedy.ja]) {
    expect(text).toMatch(/.{6,}/);
    expect(text).not.toMatch(/[{}]/);
  }
});
