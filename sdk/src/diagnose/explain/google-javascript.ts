import { badHeader, type KnownTexts } from './known-texts.ts';

/** google-auth-library, firebase-admin, and Firebase's answers to a custom token. */
export const googleJavascriptTexts: readonly KnownTexts[] = [
  {
    library: 'google-auth-library',
    seen: 'run: google-auth-library 11.3.4',
    texts: [
      ['Wrong number of segments in token: *', 'token_malformed', 'not_a_jws', 'token_missing'],
      ["Can't parse token envelope: *", ...badHeader],
      ["Can't parse token payload '*", 'token_malformed', 'surrounding_characters'],
      ['No pem found for envelope: *', 'kid_not_found', 'kid_missing', 'alg_none', 'wrong_token_kind'],
      [
        'Invalid token signature: *',
        'signature_invalid',
        'signature_removed',
        'signature_truncated',
        'alg_not_allowed',
        'signature_missing',
        'surrounding_characters',
      ],
      ['No issue time in token: *', 'claim_missing'],
      ['No expiration time in token: *', 'claim_missing'],
      ['iat field using invalid format', 'claim_type'],
      ['exp field using invalid format', 'claim_type'],
      ['Expiration time too far in future: *', 'timestamp_unit', 'lifetime_too_long'],
      ['Token used too early, *', 'issued_in_future', 'timestamp_unit'],
      ['Token used too late, *', 'expired'],
      [
        'Invalid issuer, expected one of [*], but got *',
        'issuer_mismatch',
        'wrong_token_kind',
        'claim_missing',
        'claim_type',
      ],
      [
        'Wrong recipient, payload audience != requiredAudience',
        'audience_mismatch',
        'claim_missing',
        'claim_type',
      ],
    ],
  },
  {
    library: 'google-auth-library',
    seen: 'source: google-auth-library 11.3.4 build/src/auth/oauth2client.js',
    texts: [['The verifyIdToken method requires an ID Token', 'token_missing']],
  },
  {
    library: 'firebase-admin',
    seen: 'source: firebase-admin 14.5.1 lib/auth/token-verifier.js, lib/auth/error.js, lib/auth/token-generator.js',
    texts: [
      ['Decoding Firebase ID token failed', 'token_malformed', 'not_a_jws', 'bearer_prefix'],
      ['Decoding Firebase session cookie failed', 'token_malformed', 'not_a_jws'],
      ['verifyIdToken() expects an ID token, but was given a custom token', 'wrong_token_kind'],
      ['verifySessionCookie() expects a session cookie, but was given a custom token', 'wrong_token_kind'],
      ['Firebase ID token has no "kid" claim', 'kid_missing', 'wrong_token_kind'],
      [
        'Firebase ID token has incorrect algorithm. Expected "*" but got "*"',
        'alg_not_allowed',
        'wrong_token_kind',
      ],
      [
        'Firebase ID token has incorrect "aud" (audience) claim. Expected "*" but got "*"',
        'audience_mismatch',
        'wrong_token_kind',
      ],
      [
        'Firebase ID token has incorrect "iss" (issuer) claim. Expected "*" but got "*"',
        'issuer_mismatch',
        'wrong_token_kind',
      ],
      ['Firebase ID token has no "sub" (subject) claim', 'claim_missing'],
      ['Firebase ID token has an empty "sub" (subject) claim', 'claim_length', 'claim_missing'],
      ['Firebase ID token has a "sub" (subject) claim longer than 128 characters', 'claim_length'],
      ['Firebase ID token has expired', 'expired'],
      ['auth/id-token-expired', 'expired'],
      ['auth/session-cookie-expired', 'expired'],
      ['Firebase ID token has invalid signature', 'signature_invalid'],
      [
        'Firebase ID token has "kid" claim which does not correspond to a known public key',
        'kid_not_found',
        'expired',
      ],
      ['Developer claim "*" is reserved and cannot be specified', 'reserved_claim'],
      ['`uid` argument must be a non-empty string uid', 'claim_missing', 'claim_length'],
    ],
  },
  {
    library: 'Firebase Authentication',
    seen: 'source: firebase/firebase-js-sdk packages/auth/src/api/errors.ts, packages/auth/src/core/errors.ts',
    texts: [
      ['auth/invalid-custom-token', 'wrong_token_kind', 'claim_missing', 'audience_mismatch'],
      ['auth/custom-token-mismatch', 'issuer_mismatch', 'audience_mismatch'],
      ['INVALID_CUSTOM_TOKEN', 'wrong_token_kind', 'claim_missing', 'expired'],
      ['CREDENTIAL_MISMATCH', 'issuer_mismatch', 'audience_mismatch'],
    ],
  },
];
