import { createPublicKey } from 'node:crypto';
import { importSPKI, SignJWT } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import type { Expectations } from '../../../sdk/src/diagnose/expectations.ts';
import { privateKey, publicJwk, publicPem, rsaJwks } from '../../support/corpus/keys.ts';
import { goodSpecimen, now, renderToken, type Specimen, signer } from '../../support/corpus/specimen.ts';

const audience = 'https://reports.example.com';

async function findingsOf(change: (specimen: Specimen) => void, expectations: Expectations = {}) {
  const specimen = goodSpecimen();
  change(specimen);
  const diagnosis = await diagnose(renderToken(specimen), { ...specimen.expectations, ...expectations });
  return diagnosis.findings;
}

const rootOf = async (change: (specimen: Specimen) => void, expectations: Expectations = {}) =>
  (await findingsOf(change, expectations))[0];

const set = (change: Partial<Specimen>) => (specimen: Specimen) => {
  Object.assign(specimen, change);
};

const withClaims = (claims: Record<string, unknown>) => (specimen: Specimen) => {
  specimen.claims = { ...specimen.claims, ...claims };
};

describe('tokens that others made', () => {
  const claims = { iss: signer, sub: signer, aud: audience, iat: now - 60, exp: now + 3540 };
  const expectations = { jwks: rsaJwks, issuer: signer, audience, subject: signer, at: now };

  test('are valid from jsonwebtoken', async () => {
    const token = jsonwebtoken.sign(claims, privateKey('rsa-a'), { algorithm: 'RS256', keyid: 'rsa-a' });
    expect((await diagnose(token, expectations)).verdict).toBe('valid');
  });

  test('are valid from jose', async () => {
    const token = await new SignJWT(claims)
      .setProtectedHeader({ alg: 'PS384', kid: 'rsa-b' })
      .sign(privateKey('rsa-b'));
    expect((await diagnose(token, expectations)).verdict).toBe('valid');
  });

  test('are valid with a shared secret', async () => {
    const token = jsonwebtoken.sign(claims, 'a shared secret', { algorithm: 'HS256' });
    const { verdict } = await diagnose(token, { key: 'a shared secret', issuer: signer, audience, at: now });
    expect(verdict).toBe('valid');
  });
});

describe('what libraries call an invalid signature', () => {
  test('names no algorithms where they are the same', async () => {
    expect(await findingsOf(tamper)).toMatchObject([
      { code: 'signature_invalid', reason: 'content_altered', actual: null, expected: null },
    ]);
  });

  test.each([
    ['another key', set({ key: 'rsa-out' }), 'signature_invalid', 'other_key'],
    ['a change after signing', tamper, 'signature_invalid', 'content_altered'],
    ['PS256 under the name of RS256', set({ signedAs: 'PS256' }), 'signature_invalid', 'other_algorithm'],
    ['another key of the set', set({ header: { alg: 'RS256', kid: 'rsa-b' } }), 'kid_wrong', undefined],
    ['a cut-off end', set({ signature: [(text) => text.slice(0, 300)] }), 'signature_truncated', undefined],
    ['Cloud Run', set({ signature: [() => 'SIGNATURE_REMOVED_BY_GOOGLE'] }), 'signature_removed', undefined],
  ] as const)('is told apart: %s', async (_, change, code, reason) => {
    expect(await rootOf(change)).toMatchObject({ code, ...(reason && { reason }) });
  });

  test('names the key that signed, although the content has changed and kid names another', async () => {
    const findings = await findingsOf((specimen) => {
      specimen.header = { ...specimen.header, kid: 'rsa-b' };
      tamper(specimen);
    });
    expect(findings.map(({ code }) => code)).toEqual(['kid_wrong', 'signature_invalid']);
    expect(findings[0]).toMatchObject({ actual: 'rsa-b', expected: 'rsa-a' });
  });

  test('tells HS256 with the public key as the secret from an honest one', async () => {
    const findings = await findingsOf((specimen) => {
      specimen.header = { ...specimen.header, alg: 'HS256' };
      specimen.signedAs = 'HS256';
      specimen.hmacSecret = publicPem('rsa-a');
    });
    expect(findings).toMatchObject([
      { code: 'alg_not_allowed', reason: 'symmetric', expected: 'RS256' },
      { code: 'signature_invalid', reason: 'public_key_as_secret', because: 'alg_not_allowed' },
    ]);
  });

  test.each([
    ['another secret', 'other_secret', 'right'],
    [`${Buffer.from('right').toString('base64')}`, 'secret_base64', 'right'],
    ['right\n', 'secret_white_space', 'right'],
  ])('tells how a secret %j differs', async (given, reason, signedWith) => {
    const token = jsonwebtoken.sign({ exp: now + 60, iat: now }, signedWith, { algorithm: 'HS256' });
    const { findings } = await diagnose(token, { key: given, at: now });
    expect(findings[0]).toMatchObject({ code: 'signature_invalid', reason });
  });
});

function tamper(specimen: Specimen): void {
  specimen.tamper.push((signed) => {
    signed.claims = { ...signed.claims, admin: true };
  });
}

describe('a key that is not in the set', () => {
  const lost = (specimen: Specimen) => {
    specimen.header = { ...specimen.header, kid: 'rsa-out' };
    specimen.key = 'rsa-out';
  };

  test('was rotated out where the token is older than Google publishes a key', async () => {
    const finding = await rootOf((specimen) => {
      lost(specimen);
      withClaims({ iat: now - 50_000, exp: now + 60 })(specimen);
    });
    expect(finding).toMatchObject({ code: 'kid_not_found', reason: 'rotated_out' });
    expect(finding?.cause.en).toContain('12 hours');
  });

  test('is newer than the set where the token is fresh', async () => {
    const findings = await findingsOf(lost);
    expect(findings[0]).toMatchObject({
      code: 'kid_not_found',
      reason: 'stale_set',
      expected: 'rsa-a, rsa-b',
    });
    expect(findings[1]).toMatchObject({ code: 'signature_invalid', because: 'kid_not_found' });
  });

  test("is another account's where the token's own issuer has it", async () => {
    const other = 'other@acme.iam.gserviceaccount.com';
    const jwks = (issuer: string | undefined) =>
      issuer === other ? { keys: [publicJwk('rsa-out')] } : rsaJwks;
    const findings = await findingsOf(
      (specimen) => {
        lost(specimen);
        withClaims({ iss: other })(specimen);
      },
      { jwks },
    );
    expect(findings.map(({ code, because }) => [code, because])).toEqual([
      ['issuer_mismatch', null],
      ['kid_not_found', 'issuer_mismatch'],
    ]);
    expect(findings[1]?.reason).toBe('other_account');
  });
});

test.each([
  [{ aud: `${audience}/` }, 'trailing_slash'],
  [{ aud: 'http://reports.example.com' }, 'scheme'],
  [{ aud: 'HTTPS://Reports.Example.com' }, 'case'],
  [{ aud: 'reports.example.com/' }, 'scheme_and_slash'],
  [{ aud: `${audience}/api` }, 'path'],
  [{ aud: ` ${audience}` }, 'white_space'],
  [{ aud: ['https://a.example', `${audience}/`] }, 'trailing_slash'],
  [{ aud: '12-ab.apps.googleusercontent.com' }, 'client_id_for_url'],
  [{ aud: '32555940559.apps.googleusercontent.com' }, 'gcloud_user_token'],
  [{ aud: 'https://unrelated.example' }, undefined],
])('tells how the audience of %j misses', async (claims, reason) => {
  const finding = await rootOf(withClaims(claims));
  expect(finding?.code).toBe('audience_mismatch');
  expect(finding?.reason).toBe(reason);
});

test('tells a URL where IAP wants a client id, and accounts.google.com without its scheme', async () => {
  const findings = await findingsOf(withClaims({ iss: 'accounts.google.com' }), {
    issuer: 'https://accounts.google.com',
    audience: '12-ab.apps.googleusercontent.com',
  });
  expect(findings).toMatchObject([
    { code: 'issuer_mismatch', reason: 'scheme' },
    { code: 'audience_mismatch', reason: 'url_for_client_id' },
  ]);
});

test('compares an audience as ESPv2 does, without scheme and final slash', async () => {
  const change = withClaims({ aud: 'http://reports.example.com/', email: signer });
  expect(await findingsOf(change, { profile: 'endpoints' })).toEqual([]);
  expect(await findingsOf(withClaims({ exp: now - 59 }), { profile: 'endpoints' })).toEqual([]);
});

test("takes IAP's prefix for every path below it", async () => {
  const change = withClaims({ aud: 'https://reports.example.com/*' });
  expect(await findingsOf(change, { profile: 'iap', audience: 'https://reports.example.com/a' })).toEqual([]);
});

describe('the clock', () => {
  test('is said in words, with the tolerance that would do', async () => {
    const finding = await rootOf(withClaims({ exp: now - 125 }));
    expect(finding).toMatchObject({ code: 'expired', reason: 'clock_skew', actual: now - 125 });
    expect(finding?.cause).toMatchObject({
      en: expect.stringContaining('2 minutes 5 seconds ago'),
      ja: expect.stringContaining('2分5秒前'),
    });
    expect(finding?.remedy.en).toContain('126 seconds');
    expect(await findingsOf(withClaims({ exp: now - 125 }), { clockToleranceSeconds: 126 })).toEqual([]);
    expect(await findingsOf(withClaims({ exp: now - 125 }), { clockToleranceSeconds: 125 })).toHaveLength(1);
  });

  test('is in another time zone where iat is off by whole hours', async () => {
    const finding = await rootOf(withClaims({ iat: now + 9 * 3600, exp: now + 10 * 3600 }));
    expect(finding).toMatchObject({ code: 'issued_in_future', reason: 'time_zone' });
  });

  test('does not make a token of milliseconds one from the future', async () => {
    const findings = await findingsOf(withClaims({ iat: now * 1000, exp: (now - 60) * 1000 }));
    expect(findings.map(({ code, claim }) => `${code} ${claim}`)).toEqual([
      'timestamp_unit exp',
      'timestamp_unit iat',
      'expired exp',
    ]);
  });
});

test.each([
  ['cloud-run', { aud: audience }, 'service-account-jwt'],
  ['iap', { iss: 'https://accounts.google.com', sub: '1075' }, 'google-id-token'],
  ['endpoints', {}, undefined],
] as const)('knows the wrong kind of token for %s', async (profile, claims, kind) => {
  const findings = await findingsOf(withClaims(claims), { profile, issuer: [], subject: undefined });
  expect(findings[0]?.code).toBe(kind === undefined ? undefined : 'wrong_token_kind');
  expect(findings[0]?.reason).toBe(kind);
  const rest = findings.slice(1).map(({ because }) => because);
  expect(rest.every((because) => because === 'wrong_token_kind')).toBe(true);
});

test.each([
  ['iap-id-token', { email: undefined }, 'email_missing'],
  ['iap', { sub: 'someone@example.com' }, 'subject_mismatch'],
  ['iap', { exp: now + 7200 }, 'lifetime_too_long'],
  ['firebase', { uid: undefined }, 'claim_missing'],
  ['firebase', { uid: 'u'.repeat(129) }, 'claim_length'],
  ['firebase', { claims: { acr: 1 } }, 'reserved_claim'],
  ['google-api', { aud: 'https://firestore.googleapis.com' }, 'audience_mismatch'],
  ['workload-identity', { sub: 's'.repeat(128) }, 'claim_length'],
] as const)('holds a token for %s with %j to its profile', async (profile, claims, code) => {
  const google = { iss: 'https://accounts.google.com', sub: '1075', aud: '12-ab.apps.googleusercontent.com' };
  const firebase = {
    aud: 'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit',
    uid: 'user-1',
  };
  const base = profile === 'iap-id-token' ? google : profile === 'firebase' ? firebase : {};
  const specimen = goodSpecimen();
  specimen.claims = JSON.parse(JSON.stringify({ ...specimen.claims, ...base, ...claims }));
  const { findings } = await diagnose(renderToken(specimen), { jwks: rsaJwks, profile, at: now });
  expect(findings.map((finding) => finding.code)).toEqual([code]);
});

test('mends a token layer by layer, and looks at what is left', async () => {
  const findings = await findingsOf((specimen) => {
    specimen.claims = { ...specimen.claims, exp: now - 3600 };
    specimen.text.push((token) => encodeURIComponent(encodeURIComponent(`"Bearer ${token}"\n`)));
  });
  expect(findings.map(({ code }) => code)).toEqual([
    'url_encoded',
    'surrounding_characters',
    'bearer_prefix',
    'expired',
  ]);
  for (const finding of findings.slice(0, 3)) expect(finding.repaired?.ja).toMatch(/診断を続けました/);
});

describe('the key', () => {
  const good = renderToken(goodSpecimen());
  const keyObject = createPublicKey(publicPem('rsa-a'));

  test.each([
    ['a JWK', publicJwk('rsa-a')],
    ['PEM', publicPem('rsa-a')],
    ['PKCS #1', keyObject.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['a KeyObject', keyObject],
    ["Google's map", { 'rsa-b': publicPem('rsa-b'), 'rsa-a': publicPem('rsa-a') }],
    ['JSON text', JSON.stringify(rsaJwks)],
  ])('may be %s', async (_, key) => {
    expect((await diagnose(good, { key, at: now })).verdict).toBe('valid');
  });

  test('may be a CryptoKey', async () => {
    const key = await importSPKI(publicPem('rsa-a'), 'RS256', { extractable: true });
    expect((await diagnose(good, { key, at: now })).verdict).toBe('valid');
  });

  test.each([
    ['private_key', privateKey('rsa-a').export({ type: 'pkcs8', format: 'pem' }).toString()],
    ['bad_pem', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['not_a_key', { nothing: 'here' }],
    ['empty', ''],
  ])('that is none leaves the token unverified: %s', async (reason, key) => {
    const { verdict, findings } = await diagnose(good, { key, at: now });
    expect(verdict).toBe('unverifiable');
    expect(findings).toMatchObject([{ code: 'jwks_unavailable', reason }]);
  });

  test('that is missing is the root cause only where nothing else is wrong', async () => {
    const specimen = goodSpecimen();
    specimen.claims = { ...specimen.claims, exp: now - 1 };
    const { verdict, findings } = await diagnose(renderToken(specimen), { at: now });
    expect(verdict).toBe('invalid');
    expect(findings.map(({ code }) => code)).toEqual(['expired', 'jwks_unavailable']);
  });
});

test.each([
  [{ profile: 'nope' as never }, /profile must be one of generic/],
  [{ at: Number.NaN }, /at must be a NumericDate/],
  [{ clockToleranceSeconds: -1 }, /clockToleranceSeconds/],
])('throws a TypeError for expectations that make no sense: %j', async (expectations, message) => {
  await expect(diagnose('x', expectations)).rejects.toThrow(TypeError);
  await expect(diagnose('x', expectations)).rejects.toThrow(message);
});
