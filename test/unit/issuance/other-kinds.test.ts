import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { issueIdToken } from '../../../functions/issuance/issue-id-token.ts';
import { issueSignature } from '../../../functions/issuance/issue-signature.ts';
import { issueToken } from '../../../functions/issuance/issue-token.ts';
import { RateLimit } from '../../../functions/issuance/rate-limit.ts';
import { parsePolicy } from '../../../functions/policy/parse-policy.ts';
import { parseJson } from '../../../functions/tokens/parse-json.ts';
import { audience, binding, caller, now, policyText, signer } from '../../support/fixtures.ts';
import { fakeSigner, issuanceOf, scope, unsignedJwt } from '../../support/issuance.ts';

const who = { member: caller, sub: '1' };
const json = (value: unknown) => parseJson(JSON.stringify(value));

describe('an ID token', () => {
  const policy = policyText(binding({ kinds: ['id_token'] }));

  test('is issued for an audience that a binding of its kind allows, and reused', async () => {
    const iam = fakeSigner();
    const { issuance, audit } = await issuanceOf(policy, iam);
    const ask = () => issueIdToken(issuance, who, json({ aud: audience }), { fresh: false }, scope);
    expect(await ask()).toMatchObject({
      reused: false,
      expiresInSeconds: 3600,
      claims: { aud: audience, email: signer },
    });
    expect(await ask()).toMatchObject({ reused: true });
    expect(iam.calls()).toBe(1);
    expect(audit).toMatchObject([
      { decision: 'allow', kind: 'id_token', aud: [audience], reused: false, kid: 'k1' },
      { decision: 'allow', kind: 'id_token', reused: true },
    ]);
  });

  test.each([
    ['another audience', policy, { aud: 'https://other.example.com' }, 'policy_denied', '/aud'],
    ['a binding for JWTs alone', policyText(binding()), { aud: audience }, 'policy_denied', ''],
    [
      'a binding of less than an hour',
      policyText(binding({ kinds: ['id_token'], maxTtlSeconds: 3599 })),
      { aud: audience },
      'policy_denied',
      '',
    ],
    ['ttlSeconds', policy, { aud: audience, ttlSeconds: 3600 }, 'invalid_request', '/ttlSeconds'],
    ['several audiences', policy, { aud: [audience] }, 'invalid_request', '/aud'],
    [
      'a URL that reads in two ways',
      policy,
      { aud: 'https://a@reports.example.com' },
      'invalid_request',
      '/aud',
    ],
    ['no audience', policy, {}, 'invalid_request', '/aud'],
  ])('is refused for %s', async (_what, text, request, code, pointer) => {
    const iam = fakeSigner();
    const { issuance } = await issuanceOf(text, iam);
    await expect(issueIdToken(issuance, who, json(request), { fresh: false }, scope)).rejects.toMatchObject({
      code,
      errors: [{ pointer }],
    });
    expect(iam.calls()).toBe(0);
  });

  test.each<[string, object]>([
    ['another audience', { aud: 'https://other.example.com' }],
    ['another issuer', { iss: 'https://evil.example' }],
    ['another e-mail', { email: 'other@acme.iam.gserviceaccount.com' }],
    ['no exp', { exp: undefined }],
  ])('of IAM’s that has %s is not handed on', async (_what, changes) => {
    const claims = {
      iss: 'https://accounts.google.com',
      sub: '1',
      aud: audience,
      email: signer,
      iat: now,
      exp: now + 3600,
    };
    const iam = { ...fakeSigner(), generateIdToken: async () => unsignedJwt({ ...claims, ...changes }) };
    const { issuance, audit } = await issuanceOf(policy, iam);
    await expect(
      issueIdToken(issuance, who, json({ aud: audience }), { fresh: false }, scope),
    ).rejects.toMatchObject({
      code: 'signer_response_invalid',
    });
    expect(audit).toMatchObject([{ decision: 'allow', code: 'signer_response_invalid' }]);
  });
});

describe('a signature', () => {
  const bytes = Buffer.from('a report to be signed');
  const request = { bytes: bytes.toString('base64') };
  const policy = policyText(binding({ kinds: ['signature'] }));

  test('covers Countersign’s prefix, the binding’s id and the bytes’ digest, without a final newline', async () => {
    const { issuance } = await issuanceOf(policy, fakeSigner());
    const { signed, kid } = await issueSignature(issuance, who, json(request), scope);
    const digest = createHash('sha256').update(bytes).digest('base64url');
    expect(Buffer.from(signed, 'base64').toString()).toBe(`countersign-v1\nreports\n${digest}`);
    expect(kid).toBe('k1');
  });

  test('of raw bytes needs a binding that allows them', async () => {
    const iam = fakeSigner();
    const { issuance } = await issuanceOf(policy, iam);
    await expect(issueSignature(issuance, who, json({ ...request, raw: true }), scope)).rejects.toMatchObject(
      {
        code: 'policy_denied',
        errors: [{ pointer: '/raw' }],
      },
    );
    expect(iam.calls()).toBe(0);
    const raw = await issuanceOf(policyText(binding({ kinds: ['signature'], allowRawBytes: true })), iam);
    const { signed } = await issueSignature(raw.issuance, who, json({ ...request, raw: true }), scope);
    expect(Buffer.from(signed, 'base64')).toEqual(bytes);
  });

  const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  test.each([
    ['a JWS signing input', `${encode({ alg: 'RS256' })}.${encode({ sub: 'admin' })}`],
    ['one in white space', ` ${encode({ alg: 'RS256' })}.${encode({ sub: 'admin' })}\n`],
    [
      'the string to sign of a V4 URL',
      'GOOG4-RSA-SHA256\n20260101T000000Z\n20260101/auto/storage/goog4_request\nabc',
    ],
    ['the string to sign of a V2 URL', 'GET\n\n\n1388534400\n/bucket/object'],
    ['a policy document', Buffer.from('{"conditions": []}').toString('base64')],
  ])('of raw bytes that are %s is never given', async (_what, text) => {
    const iam = fakeSigner();
    const { issuance } = await issuanceOf(
      policyText(binding({ kinds: ['signature'], allowRawBytes: true })),
      iam,
    );
    const asked = { bytes: Buffer.from(text).toString('base64'), raw: true };
    await expect(issueSignature(issuance, who, json(asked), scope)).rejects.toMatchObject({
      code: 'invalid_request',
    });
    expect(iam.calls()).toBe(0);
  });

  test('of what is no base64 is refused', async () => {
    const { issuance } = await issuanceOf(policy, fakeSigner());
    await expect(issueSignature(issuance, who, json({ bytes: 'é' }), scope)).rejects.toMatchObject({
      errors: [{ pointer: '/bytes' }],
    });
  });
});

test('a spent rate limit is rate_limited, put on record, and leaves what is kept to be reused', async () => {
  const iam = fakeSigner();
  const { issuance, audit } = await issuanceOf(
    policyText(binding({ audiences: ['https://*.example.com'] })),
    iam,
    {
      rateLimit: new RateLimit(6),
    },
  );
  const ask = (aud: string) => issueToken(issuance, who, json({ claims: { aud } }), { fresh: false }, scope);
  await ask(audience);
  await expect(ask('https://other.example.com')).rejects.toMatchObject({
    code: 'rate_limited',
    retryAfterSeconds: 10,
  });
  expect(await ask(audience)).toMatchObject({ reused: true });
  expect(iam.calls()).toBe(1);
  expect(audit.map(({ code }) => code)).toEqual([undefined, 'rate_limited', undefined]);
});

test('a shadow policy is evaluated and put on record, and never decides', async () => {
  const shadow = {
    policy: await parsePolicy(policyText(binding({ id: 'tighter', audiences: ['https://b.example.com'] }))),
    digest: 'd2',
    loadedAt: now,
  };
  const { issuance, audit } = await issuanceOf(policyText(binding()), fakeSigner(), {
    shadowSource: { current: async () => shadow },
  });
  const ask = (aud: string) => issueToken(issuance, who, json({ claims: { aud } }), { fresh: false }, scope);
  await ask(audience);
  await expect(ask('https://b.example.com')).rejects.toMatchObject({ code: 'policy_denied' });
  expect(audit).toMatchObject([
    { decision: 'allow', shadow: { decision: 'deny', policyDigest: 'd2' } },
    { decision: 'deny', shadow: { decision: 'allow', binding: 'tighter' } },
  ]);
});

test('a shadow policy that is broken changes nothing', async () => {
  const { issuance, audit } = await issuanceOf(policyText(binding()), fakeSigner(), {
    shadowSource: { current: () => Promise.reject(new Error('broken')) },
  });
  await issueToken(issuance, who, json({ claims: { aud: audience } }), { fresh: false }, scope);
  expect(audit).toMatchObject([{ decision: 'allow', shadow: 'unavailable' }]);
});

test('the audit tells an audience without its query, and the token by its hash alone', async () => {
  const aud = 'https://reports.example.com/?secret=canary';
  const { issuance, audit } = await issuanceOf(policyText(binding({ audiences: [aud] })), fakeSigner());
  const { token } = await issueToken(
    issuance,
    who,
    json({ claims: { aud, jti: 'j1' } }),
    { fresh: false },
    scope,
  );
  const [entry] = audit;
  expect(entry).toMatchObject({
    decision: 'allow',
    caller,
    kind: 'jwt',
    aud: ['https://reports.example.com/'],
    sub: signer,
    ttlSeconds: 3600,
    binding: 'reports',
    policyDigest: 'd1',
    kid: 'k1',
    jti: 'j1',
    tokenSha256: createHash('sha256').update(token).digest('hex'),
    requestId: 'r1',
  });
  expect(JSON.stringify(entry)).not.toContain('canary');
});
