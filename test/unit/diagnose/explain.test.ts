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
    '"response_code_details":"jwt_authn_access_denied{Audiences_in_Jwt_are_not_allowed}"',
    'audience_mismatch',
  ],
  ["jwt_authn_access_denied{Jwks_doesn't_have_key_to_match_kid_or_alg_from_Jwt}", 'kid_not_found'],
  [
    '{"error":"invalid_grant","error_description":"The audience in ID Token [other] does not match the expected audience."}',
    'audience_mismatch',
  ],
  [
    'oauth2/google: status code 400: {"error":"unauthorized_client","error_description":"The given credential is rejected by the attribute condition."}',
    'subject_mismatch',
  ],
  [
    '(\'Error code invalid_grant: ID Token issued at 1713260741 is stale to sign-in.\', \'{"error":"invalid_grant"}\')',
    'expired',
  ],
  ['Error fetching access token: invalid_grant (Invalid grant: account not found)', 'issuer_mismatch'],
  [
    'www-authenticate: Bearer error="invalid_token", error_description="An error occurred while attempting to decode the Jwt: Signed JWT rejected: Another algorithm expected, or no matching key(s) found", error_uri="https://tools.ietf.org/html/rfc6750#section-3.1"',
    'kid_not_found',
  ],
  [
    'WWW-Authenticate: Bearer error="invalid_token", error_description="The signature key was not found"',
    'kid_not_found',
  ],
  [
    'io.jsonwebtoken.ExpiredJwtException: JWT expired 3600123 milliseconds ago at 2026-11-21T09:30:00.000Z. Current time: 2026-11-21T10:30:00.123Z. Allowed clock skew: 0 milliseconds.',
    'expired',
  ],
  [
    "io.jsonwebtoken.UnsupportedJwtException: Unsecured JWSs (those with an 'alg' (Algorithm) header value of 'none') are disallowed by default as mandated by https://www.rfc-editor.org/rfc/rfc7518.html#section-3.6.",
    'alg_none',
  ],
  [
    'com.auth0.jwt.exceptions.TokenExpiredException: The Token has expired on 2026-11-21T09:30:00Z.',
    'expired',
  ],
  ["IDX10000: The parameter 'token' cannot be a 'null' or an empty object.", 'token_missing'],
  ['token signature is invalid: signing method HS256 is invalid', 'alg_not_allowed'],
  ['token signature is invalid: signing method none is invalid', 'alg_none'],
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

test.each([
  "IDX10000: The parameter 'services' cannot be a 'null' or an empty object.",
  'Found multiple bearer tokens in the request',
  'Failed JWT authentication: Wrong requirement_name: internal',
])('leaves alone what is no fault of a token: %s', (text) => {
  expect(explain(text)).toEqual([]);
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
