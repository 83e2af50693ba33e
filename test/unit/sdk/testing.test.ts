import { createLocalJWKSet, decodeJwt, jwtVerify } from 'jose';
import { beforeAll, expect, it } from 'vitest';
import table from '../../../functions/contract/problems.json' with { type: 'json' };
import { getIdToken, type ProblemCode, signBytes, verifyBytes } from '../../../sdk/src/index.ts';
import { createFakeClient, createFixtureSigner, type FixtureSigner } from '../../../sdk/src/testing.ts';

const aud = 'https://reports.example.com';
let signer: FixtureSigner;

beforeAll(async () => {
  signer = await createFixtureSigner();
});

it('signs tokens that a verifier takes, with the claims that were asked', async () => {
  const client = createFakeClient({ signer });
  const token = await client.getToken({ aud, claims: { team: 'blue' }, ttlSeconds: 600 });
  const { payload, protectedHeader } = await jwtVerify(token, createLocalJWKSet(signer.jwks as never), {
    audience: aud,
    issuer: signer.serviceAccount,
    algorithms: ['RS256'],
  });
  expect(payload).toMatchObject({ team: 'blue', sub: signer.serviceAccount });
  expect(protectedHeader.kid).toBe(signer.kid);
  expect(Number(payload.exp) - Number(payload.iat)).toBe(600);
});

it('keeps tokens as the real client does', async () => {
  const client = createFakeClient({ signer });
  expect(await client.getToken(aud)).toBe(await client.getToken(aud));
  expect(client.stats()).toMatchObject({ entries: 1, hits: 1, misses: 1 });
});

it('refuses what the test has it refuse', async () => {
  const client = createFakeClient({
    signer,
    refuse: (request) => ('claims' in request ? 'policy_denied' : undefined),
  });
  await expect(client.getToken(aud)).rejects.toMatchObject({ code: 'policy_denied' });
  await expect(getIdToken(client, aud)).resolves.toContain('.');
});

it.each(Object.entries(table))(
  'refuses with %s as the service would',
  async (code, { status, retryable }) => {
    const client = createFakeClient({ signer, refuse: () => code as ProblemCode, timeoutMs: 50 });
    const requestId = expect.stringMatching(/^urn:uuid:/);
    await expect(client.getToken(aud)).rejects.toMatchObject({ code, status, retryable, requestId });
  },
);

it.each([
  ['network_error', { status: undefined, retryable: true }],
  ['invalid_response', { status: 200, retryable: false }],
  ['caller_token_unavailable', { retryable: true }],
] as const)('fails with %s as the network would', async (code, details) => {
  const client = createFakeClient({ signer, refuse: () => code, timeoutMs: 50 });
  await expect(client.getToken(aud)).rejects.toMatchObject({ code, ...details });
});

it('fills in what the service fills in', async () => {
  const client = createFakeClient({ signer });
  const iat = Math.floor(Date.now() / 1000) - 100;
  const { claims } = await client.getTokenDetails({ aud, claims: { iat }, ttlSeconds: 600 });
  expect(claims).toMatchObject({ iat, exp: iat + 600 });
  const emailOf = async (token: Promise<string>) => decodeJwt(await token).email;
  expect(await emailOf(client.getToken({ aud, profile: 'endpoints' }))).toBe(signer.serviceAccount);
  expect(await emailOf(getIdToken(client, aud))).toBe(signer.serviceAccount);
  expect(await emailOf(getIdToken(client, { aud, includeEmail: false }))).toBeUndefined();
  expect(await emailOf(client.getToken(aud))).toBeUndefined();
});

it('signs a claims set that no policy would allow, for the unhappy paths of a verifier', async () => {
  const token = await signer.sign({ aud, exp: 1 });
  await expect(jwtVerify(token, createLocalJWKSet(signer.jwks as never))).rejects.toThrow(
    '"exp" claim timestamp check failed',
  );
});

it('signs bytes that verifyBytes takes', async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  const client = createFakeClient({ signer });
  for (const raw of [true, false]) {
    expect(
      await verifyBytes(bytes, await signBytes(client, bytes, { raw }), { jwks: signer.jwks, raw }),
    ).toBe(true);
  }
});
