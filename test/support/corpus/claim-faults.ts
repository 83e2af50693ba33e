import type { Fault } from './faults.ts';
import { now, type Specimen, signer } from './specimen.ts';

type Claims = Specimen['claims'];

/** A fault that writes claims before they are signed. */
const claims = (name: string, code: Fault['code'], change: Claims, profile?: 'iap'): Fault => ({
  name,
  code,
  touches: Object.keys(change).map((claim) => `claim ${claim}`),
  apply: (specimen) => {
    specimen.claims = Object.fromEntries(
      Object.entries({ ...specimen.claims, ...change }).filter(([, value]) => value !== undefined),
    );
    if (profile !== undefined) specimen.expectations = { ...specimen.expectations, profile };
  },
});

const aud = 'https://reports.example.com';

export const claimFaults: readonly Fault[] = [
  claims('another issuer', 'issuer_mismatch', { iss: 'other@acme.iam.gserviceaccount.com' }),
  claims('an issuer in capitals', 'issuer_mismatch', { iss: signer.toUpperCase() }),
  claims('an issuer that is a number', 'claim_type', { iss: 42 }),
  claims('no issuer', 'claim_missing', { iss: undefined }),
  claims('another audience', 'audience_mismatch', { aud: 'https://other.example.com' }),
  claims('an audience with a slash at the end', 'audience_mismatch', { aud: `${aud}/` }),
  claims('an audience with http', 'audience_mismatch', { aud: 'http://reports.example.com' }),
  claims('an audience without a scheme', 'audience_mismatch', { aud: 'reports.example.com' }),
  claims('an audience with a path', 'audience_mismatch', { aud: `${aud}/v1` }),
  claims('a client id for a URL', 'audience_mismatch', { aud: '1234-abc.apps.googleusercontent.com' }),
  claims('other audiences in a list', 'audience_mismatch', {
    aud: ['https://a.example', 'https://b.example'],
  }),
  claims('an empty list of audiences', 'audience_mismatch', { aud: [] }),
  claims('an audience that is a number', 'claim_type', { aud: 7 }),
  claims('no audience', 'claim_missing', { aud: undefined }),
  claims('another subject', 'subject_mismatch', { sub: 'someone@example.com' }),
  claims('a numeric subject', 'claim_type', { sub: 1234 }),
  claims('no subject', 'claim_missing', { sub: undefined }),
  claims('no expiry', 'claim_missing', { exp: undefined }),
  claims('an expiry that is null', 'claim_missing', { exp: null }),
  claims('no iat for IAP', 'claim_missing', { iat: undefined }, 'iap'),
  claims('an expiry in a string', 'claim_type', { exp: String(now + 3540) }),
  claims('an expiry as a date', 'claim_type', { exp: new Date((now + 3540) * 1000).toISOString() }),
  claims('an expiry that is a word', 'claim_type', { exp: 'tomorrow' }),
  claims('an iat with a fraction', 'claim_type', { iat: now - 60.5 }),
  claims('an iat in a string', 'claim_type', { iat: String(now - 60) }),
  claims('a jti that is a number', 'claim_type', { jti: 5 }),
  claims('an expiry in milliseconds', 'timestamp_unit', { exp: (now + 3540) * 1000 }),
  claims('an iat in milliseconds', 'timestamp_unit', { iat: (now - 60) * 1000 }),
  claims('an iat in nanoseconds', 'timestamp_unit', { iat: (now - 60) * 1e9 }),
  claims('expired an hour ago', 'expired', { exp: now - 3600, iat: now - 7200 }),
  claims('expired a second ago', 'expired', { exp: now - 1 }),
  claims('a duration for an expiry', 'expired', { exp: 3600 }),
  claims('nbf in five minutes', 'not_yet_valid', { nbf: now + 300 }),
  claims('iat in two minutes', 'issued_in_future', { iat: now + 120 }),
  claims('iat nine hours ahead', 'issued_in_future', { iat: now + 9 * 3600, exp: now + 10 * 3600 }),
  claims('a day of life for IAP', 'lifetime_too_long', { exp: now + 86_400, iat: now }, 'iap'),
];
