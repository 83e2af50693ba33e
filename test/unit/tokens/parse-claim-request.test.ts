import { describe, expect, test } from 'vitest';
import type { Problem } from '../../../functions/contract/problem.ts';
import { parseClaimRequest } from '../../../functions/tokens/parse-claim-request.ts';
import { parseJson } from '../../../functions/tokens/parse-json.ts';
import { audience, now, otherSigner, signer } from '../../support/fixtures.ts';

const context = { now, signers: [signer, otherSigner] };

function parse(request: unknown) {
  return parseClaimRequest(
    parseJson(typeof request === 'string' ? request : JSON.stringify(request)),
    context,
  );
}

function refusal(request: unknown): Problem {
  try {
    parse(request);
  } catch (error) {
    return error as Problem;
  }
  throw new Error('the request was accepted');
}

const withClaims = (claims: object) => ({ claims: { aud: audience, ...claims } });

test('accepts a request that gives an audience alone', () => {
  expect(parse(withClaims({}))).toEqual({ claims: { aud: audience } });
});

test('accepts the claims set that the article ends with: the account as iss and sub, integers as times', () => {
  const claims = { iss: signer, sub: signer, aud: audience, iat: now, exp: now + 3600 };
  expect(parse({ claims })).toEqual({ claims });
});

test('reports iss, sub and exp of the claims set that the article prints as its example', () => {
  const problem = refusal({
    claims: {
      iss: 'https://cloud.google.com/iam',
      sub: 'projects/-/serviceAccounts/my-service-account@my-project.iam.gserviceaccount.com',
      aud: 'https://my-iap-protected-app.example.com',
      iat: 1694003600,
      exp: 1694007200,
    },
  });
  expect(problem.code).toBe('invalid_claims');
  expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual([
    '/claims/exp',
    '/claims/iss',
    '/claims/sub',
  ]);
});

describe('a NumericDate that is none gets the hint that mends it', () => {
  test.each([
    ['iat', '2026-01-01T00:00:00+00:00', `seconds since 1970-01-01T00:00:00Z: ${now}.`],
    ['iat', 1767225600.25, 'Drop the fraction: 1767225600.'],
    ['iat', '1767225600', 'Send a number, not a string: 1767225600 without the quotes.'],
    ['iat', '1767225600.25', 'Send an integer, not a string: 1767225600.'],
    ['iat', 1767225600000, 'milliseconds; divide by 1000: 1767225600.'],
    ['exp', 1767229200000, 'milliseconds; divide by 1000: 1767229200.'],
    ['exp', 'tomorrow', 'seconds since 1970-01-01T00:00:00Z as an integer.'],
    ['nbf', -1, 'Count the seconds'],
    ['nbf', null, 'as an integer'],
  ])('%s: %j', (name, value, hint) => {
    const problem = refusal(withClaims({ [name]: value }));
    expect(problem.code).toBe('invalid_claims');
    expect(problem.errors).toMatchObject([
      {
        pointer: `/claims/${name}`,
        expected: 'a NumericDate in whole seconds',
        hint: expect.stringContaining(hint),
      },
    ]);
  });
});

describe('times that no token may have', () => {
  test.each([
    [{ exp: now }, '/claims/exp', `after ${now}`],
    [{ exp: now - 1 }, '/claims/exp', `after ${now}`],
    [{ exp: now + 43_201 }, '/claims/exp', `at most ${now + 43_200}`],
    [{ iat: now + 61 }, '/claims/iat', `at most ${now + 60}`],
    [{ nbf: now + 61 }, '/claims/nbf', `at most ${now + 60}`],
    [{ iat: now + 50, exp: now + 50 }, '/claims/exp', `after iat, ${now + 50}`],
    [{ nbf: now + 50, exp: now + 50 }, '/claims/exp', `after nbf, ${now + 50}`],
  ])('%j', (claims, pointer, expected) => {
    expect(refusal(withClaims(claims)).errors).toMatchObject([{ pointer, expected }]);
  });

  test.each([
    { exp: now + 1 },
    { exp: now + 43_200 },
    { iat: now + 60, nbf: now + 60 },
    { iat: now - 100_000 },
  ])('and times that one may: %j', (claims) => {
    expect(parse(withClaims(claims)).claims).toMatchObject(claims);
  });
});

test('takes either exp or ttlSeconds', () => {
  const problem = refusal({ claims: { aud: audience, exp: now + 60 }, ttlSeconds: 60 });
  expect(problem.code).toBe('invalid_request');
  expect(problem.errors).toMatchObject([{ pointer: '/ttlSeconds' }]);
});

describe('audiences that readers might read in two ways', () => {
  test.each([
    'https://reports.example.com/reports/../admin',
    'https://reports.example.com/reports/%2e%2e/admin',
    'https://REPORTS.example.com',
    'HTTPS://reports.example.com',
    'https://reports.example.com:443',
    'https://user@reports.example.com',
    'https://user:secret@reports.example.com',
    'https://reports.example.com\\@evil.com',
    'https:\\\\reports.example.com',
    'https:reports.example.com',
    'https://reports.example.com/?q=\\',
    'https://reports.example.com/\u0000',
    'https://reports.example.com\n',
    ' https://reports.example.com',
    'https://repörts.example.com',
    'https://%72eports.example.com',
    'ftp://reports.example.com',
    'https://',
    'reports\u200b',
  ])('%j', (aud) => {
    const problem = refusal({ claims: { aud } });
    expect(problem.code).toBe('invalid_claims');
    expect(problem.errors).toMatchObject([{ pointer: '/claims/aud' }]);
  });

  test.each([
    'https://reports.example.com',
    'https://reports.example.com/',
    'https://reports.example.com/a/b?c=d',
    'https://reports.example.com:8443/',
    'https://reports.example.com/*',
    'http://reports.example.com',
    '123-abc.apps.googleusercontent.com',
    'partner-api',
    'urn:partner:api',
  ])('and one that reads the same everywhere: %j', (aud) => {
    expect(parse({ claims: { aud } }).claims.aud).toBe(aud);
  });

  test('names the faulty one of several', () => {
    const problem = refusal({ claims: { aud: [audience, 'https://a@b.example.com'] } });
    expect(problem.errors).toMatchObject([{ pointer: '/claims/aud/1' }]);
  });

  test.each([[[]], [[audience, audience]], [[1]], [''], [7], [null], [{ a: 1 }]])(
    'refuses the aud %j',
    (aud) => {
      expect(refusal({ claims: { aud } }).errors?.[0]).toMatchObject({
        pointer: '/claims/aud',
        expected: 'one audience, or an array of distinct ones, none empty',
      });
    },
  );
});

test.each(['scope', 'target_audience', 'constructor', 'toString', 'prototype'])(
  'refuses the claim %s',
  (name) => {
    const problem = refusal(withClaims({ [name]: 'x' }));
    expect(problem.code).toBe('invalid_claims');
    expect(problem.errors).toMatchObject([{ pointer: `/claims/${name}`, expected: 'no such claim' }]);
  },
);

test('refuses __proto__ as JSON spells it, and pollutes nothing', () => {
  const problem = refusal(`{"claims": {"aud": "${audience}", "__proto__": {"admin": true}}}`);
  expect(problem.errors).toMatchObject([{ pointer: '/claims/__proto__' }]);
  expect(({} as { admin?: boolean }).admin).toBeUndefined();
});

test('reports five faults of one request at once', () => {
  const problem = refusal({
    claims: { aud: 'https://a@b.example.com', iss: 'someone', sub: 'else', iat: 1.5, exp: now - 1 },
  });
  expect(problem.code).toBe('invalid_claims');
  expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual([
    '/claims/aud',
    '/claims/exp',
    '/claims/iat',
    '/claims/iss',
    '/claims/sub',
  ]);
});

test('answers faults in and outside of claims together, as invalid_claims', () => {
  const problem = refusal({ claims: { aud: audience, iat: '1' }, ttlSeconds: 0, extra: true });
  expect(problem.code).toBe('invalid_claims');
  expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual([
    '/claims/iat',
    '/extra',
    '/ttlSeconds',
  ]);
});

test.each([
  [[], ''],
  ['"text"', ''],
  [{ claims: { aud: audience }, ttlSeconds: 43_201 }, '/ttlSeconds'],
  [{ claims: { aud: audience }, ttlSeconds: 1.5 }, '/ttlSeconds'],
  [{ claims: { aud: audience }, profile: 'IAP' }, '/profile'],
  [{ claims: { aud: audience }, delegates: [1] }, '/delegates/0'],
  [{ claims: { aud: audience }, audience: 'x' }, '/audience'],
  [`{"claims": {"aud": "${audience}"}, "profile": "iap", "profile": "iap"}`, '/profile'],
])('answers a fault outside of claims as invalid_request: %j', (request, pointer) => {
  const problem = refusal(request);
  expect(problem.code).toBe('invalid_request');
  expect(problem.errors).toMatchObject([{ pointer }]);
});

test('a request without claims lacks its claims set', () => {
  expect(refusal({}).errors).toMatchObject([{ pointer: '/claims', actual: 'nothing' }]);
  expect(refusal({ claims: {} }).errors).toMatchObject([{ pointer: '/claims/aud', actual: 'nothing' }]);
});

test('leaves a sub alone to the policy, and takes the iss of any signer', () => {
  expect(parse(withClaims({ sub: 'someone@example.com' })).claims.sub).toBe('someone@example.com');
  expect(parse(withClaims({ iss: otherSigner })).claims.iss).toBe(otherSigner);
  expect(refusal({ ...withClaims({ iss: signer }), serviceAccount: otherSigner }).errors).toMatchObject([
    { pointer: '/claims/iss', expected: JSON.stringify(otherSigner) },
  ]);
});

test('quotes at most 64 characters of an offending claim', () => {
  const problem = refusal(withClaims({ iat: 'x'.repeat(1000) }));
  expect(problem.errors?.[0]?.actual).toHaveLength(64);
});

describe('the rules of a profile that the request names', () => {
  test.each([
    [{ profile: 'iap', claims: { aud: 'partner-api' } }, '/claims/aud'],
    [{ profile: 'iap', claims: { aud: [audience] } }, '/claims/aud'],
    [{ profile: 'iap', claims: { aud: audience, exp: now + 3601 } }, '/claims/exp'],
    [{ profile: 'google-api', claims: { aud: 'https://firestore.googleapis.com' } }, '/claims/aud'],
    [{ profile: 'firebase', claims: { aud: audience, uid: 'u' } }, '/claims/aud'],
    [{ profile: 'firebase', claims: { aud: firebaseAudience(), uid: '' } }, '/claims/uid'],
    [{ profile: 'firebase', claims: { aud: firebaseAudience(), uid: 'u'.repeat(129) } }, '/claims/uid'],
    [
      { profile: 'firebase', claims: { aud: firebaseAudience(), uid: 'u', claims: { exp: 1 } } },
      '/claims/claims/exp',
    ],
    [{ profile: 'firebase', claims: { aud: firebaseAudience(), uid: 'u', claims: [] } }, '/claims/claims'],
  ])('%j', (request, pointer) => {
    expect(refusal(request).errors).toMatchObject([{ pointer }]);
  });
});

function firebaseAudience(): string {
  return 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';
}

describe('numbers that JavaScript would change', () => {
  test.each([
    ['9007199254740993', '/claims/n'],
    ['1e400', '/claims/n'],
    ['0.1000000000000000055511151231257827', '/claims/n'],
  ])('%s', (number, pointer) => {
    const problem = refusal(`{"claims": {"aud": "${audience}", "n": ${number}}}`);
    expect(problem.code).toBe('invalid_claims');
    expect(problem.errors).toMatchObject([{ pointer, actual: number }]);
  });

  test.each(['9007199254740991', '-0.5', '1.25e-7', '100000000000000000000', '0', '1767225600.1234567'])(
    'and one that it holds: %s',
    (number) => {
      expect(parse(`{"claims": {"aud": "${audience}", "n": ${number}}}`).claims.n).toBe(Number(number));
    },
  );

  test('a fraction that would vanish is not taken for an integer', () => {
    const problem = refusal(`{"claims": {"aud": "${audience}", "iat": ${now}.00000001}}`);
    expect(problem.errors).toMatchObject([{ pointer: '/claims/iat' }]);
  });
});

test('refuses __proto__ at any depth', () => {
  const problem = refusal(`{"claims": {"aud": "${audience}", "team": {"__proto__": {"admin": true}}}}`);
  expect(problem.errors).toMatchObject([{ pointer: '/claims/team/__proto__' }]);
});

test('a hostile request gets a short answer: at most 200 faults, none with a long pointer', () => {
  const name = 'x'.repeat(32_000);
  const members = Array.from({ length: 2_000 }, () => '"a":1').join(',');
  const problem = refusal(`{"claims": {"aud": "${audience}", "${name}": {${members}}}}`);
  expect(problem.errors?.length).toBeLessThanOrEqual(200);
  expect(JSON.stringify(problem.errors).length).toBeLessThan(100_000);
  expect(problem.message.length).toBeLessThan(2_000);
});
