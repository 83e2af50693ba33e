import { Agent, request } from 'node:http';
import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { ClaimsSet } from '../../../functions/contract/generated/types.ts';
import type { SignJwtCall } from '../../../functions/issuance/ports.ts';
import { type LocalFunction, startFunction } from '../../support/function.ts';

const signer = 'signer@countersign-local.iam.gserviceaccount.com';
const firebaseAudience =
  'https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit';
const count = 10_000;

const shared = {
  members: ['serviceAccount:caller@countersign-local.iam.gserviceaccount.com'],
  serviceAccounts: [signer],
  maxTtlSeconds: 43_200,
};
const policy = JSON.stringify({
  bindings: [
    {
      ...shared,
      id: 'wide',
      audiences: ['https://*.example.com', 'https://*.example.com/*', 'partner-api'],
      profiles: ['generic', 'iap', 'endpoints'],
      multipleAudiences: true,
      claims: { properties: { team: { type: 'string' }, n: { type: 'integer' } } },
    },
    {
      ...shared,
      id: 'google',
      audiences: ['https://firestore.googleapis.com/', firebaseAudience],
      profiles: ['google-api', 'firebase'],
      allowGoogleApis: true,
      claims: {
        properties: { uid: { type: 'string' }, claims: { type: 'object' }, tenant_id: { type: 'string' } },
      },
    },
  ],
});

let local: LocalFunction;
let authorization = '';
const agent = new Agent({ keepAlive: true });

beforeAll(async () => {
  local = await startFunction({
    policy,
    change: (services) => ({
      ...services,
      issuance: { ...services.issuance, signer: { ...services.issuance.signer, signJwt: signAtOnce } },
    }),
  });
  authorization = `Bearer ${await local.idToken()}`;
});

/** Signs nothing, and so costs nothing: what is under test is what IAM would be asked to sign. */
async function signAtOnce({ claims }: SignJwtCall) {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  return { keyId: 'k1', signedJwt: `${encode({ alg: 'RS256', kid: 'k1' })}.${encode(claims)}.c2ln` };
}

function post(body: string): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const headers = { authorization, 'content-type': 'application/json' };
    const call = request(`${local.url}/v1/tokens`, { method: 'POST', agent, headers }, (answer) => {
      let text = '';
      answer.setEncoding('utf8').on('data', (chunk) => {
        text += chunk;
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }));
    });
    call.on('error', reject);
    call.end(body);
  });
}

const now = () => Math.floor(Date.now() / 1000);

const audience = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('https://a.example.com', 'https://b.example.com/x/y', 'partner-api'),
  },
  { weight: 4, arbitrary: fc.constantFrom('https://firestore.googleapis.com/', firebaseAudience) },
  fc.constantFrom(
    'https://iam.googleapis.com/',
    'http://a.example.com',
    'https://A.example.com',
    'https://a.b.example.com',
    'https://a.example.com/../b',
    '',
  ),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const offset = fc.oneof(
  fc.constantFrom(-1, 0, 1, 59, 60, 61, 3599, 3600, 3601, 43_199, 43_200, 43_201),
  fc.integer({ min: -100_000, max: 100_000 }),
);
const numericDate = fc.oneof(
  { weight: 5, arbitrary: offset.map((seconds) => now() + seconds) },
  offset.map((seconds) => (now() + seconds) * 1000),
  offset.map((seconds) => now() + seconds + 0.5),
  offset.map((seconds) => String(now() + seconds)),
  offset.map((seconds) => new Date((now() + seconds) * 1000).toISOString()),
  fc.constantFrom(0, -1, 1e300, null, true, Number.MAX_SAFE_INTEGER),
);
/** Left out nine times of ten, lest every request be refused for one thing or another. */
const rare = <T>(arbitrary: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 9, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });

const claims = fc.record({
  aud: fc.oneof(
    { weight: 20, arbitrary: audience },
    { weight: 2, arbitrary: fc.uniqueArray(audience, { maxLength: 3 }) },
    { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 1 }) },
  ),
  iss: rare(fc.constantFrom(signer, signer, 'someone@example.com', 7)),
  sub: rare(fc.constantFrom(signer, signer, 'someone@example.com', '')),
  iat: rare(numericDate),
  exp: rare(numericDate),
  nbf: rare(numericDate),
  jti: rare(fc.string({ maxLength: 4 })),
  team: rare(fc.oneof(fc.string(), fc.integer())),
  uid: rare(fc.string({ maxLength: 130 })),
  scope: rare(rare(fc.string())),
  email: rare(fc.constantFrom(signer, 'x@example.com')),
});
const claimRequest = fc.record({
  claims: fc.oneof({ weight: 30, arbitrary: claims }, fc.jsonValue({ maxDepth: 2 })),
  ttlSeconds: rare(fc.oneof(fc.constantFrom(1, 60, 3600, 43_200, 0, 43_201), fc.double())),
  profile: fc.oneof(
    { weight: 3, arbitrary: fc.constant(undefined) },
    fc.constantFrom('generic', 'iap', 'endpoints', 'google-api', 'firebase', 'none'),
  ),
  serviceAccount: rare(fc.constantFrom(signer, 'other@example.com')),
  delegates: rare(fc.constantFrom([], ['other@example.com'], 'x')),
});

/** The rules once more, written down apart from the function: what an allowed token of this policy looks like. */
function expectLawful(signed: ClaimsSet, asked: Record<string, unknown>, profile: unknown): void {
  const at = now();
  for (const name of ['iat', 'exp'] as const) expect(Number.isInteger(signed[name])).toBe(true);
  expect(signed).toMatchObject({ iss: signer, sub: signer });
  expect(signed.exp).toBeGreaterThan(at - 2);
  expect(signed.exp).toBeLessThanOrEqual(at + 43_200);
  expect(signed.exp).toBeGreaterThan(signed.iat);
  expect(signed.exp - signed.iat).toBeLessThanOrEqual(43_200);
  expect(signed.iat).toBeLessThanOrEqual(at + 60);
  if (signed.nbf !== undefined) expect(signed.nbf).toBeLessThanOrEqual(Math.min(at + 60, signed.exp - 1));
  const isGoogle = (aud: string) => aud === 'https://firestore.googleapis.com/' || aud === firebaseAudience;
  const isOurs = (aud: string) =>
    aud === 'partner-api' || /^https:\/\/[a-z0-9-]+\.example\.com(\/[^?#]*)?$/.test(aud);
  for (const aud of [signed.aud].flat()) expect(isGoogle(aud) || isOurs(aud), aud).toBe(true);
  if (profile === 'iap' || [signed.aud].flat().some(isGoogle)) {
    expect(signed.exp - signed.iat).toBeLessThanOrEqual(3600);
  }
  if (profile === 'endpoints') expect(signed.email).toBe(signer);
  for (const [name, value] of Object.entries(asked)) expect(signed[name]).toEqual(value);
  const known = [
    'iss',
    'sub',
    'aud',
    'iat',
    'exp',
    'nbf',
    'jti',
    'team',
    'n',
    'uid',
    'claims',
    'tenant_id',
    'email',
  ];
  expect(Object.keys(signed).filter((name) => !known.includes(name))).toEqual([]);
}

/** When a token asked for so would end, in seconds, by what was asked alone; `Infinity` where nothing was said of it. */
function endOfLife(
  { claims: asked, ttlSeconds }: { claims?: unknown; ttlSeconds?: number | undefined },
  at: number,
) {
  const exp = (asked as { exp?: number } | null | undefined)?.exp;
  return exp ?? at + (ttlSeconds ?? Number.POSITIVE_INFINITY);
}

test(`${count} claim requests: no 500, and no token that breaks a rule`, async () => {
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(claimRequest, async (asked) => {
      const askedAt = now();
      const { status, text } = await post(JSON.stringify(asked));
      seen.set(status, (seen.get(status) ?? 0) + 1);
      const answer = JSON.parse(text);
      if (status === 504) {
        // A second of life can be over before the answer is written, and only then is this the answer.
        expect(answer.code).toBe('deadline_exceeded');
        expect(endOfLife(asked, askedAt)).toBeLessThanOrEqual(now());
        return;
      }
      expect([200, 400, 403], text).toContain(status);
      if (status !== 200) {
        expect(answer).toMatchObject({
          status,
          code: expect.stringMatching(/^(invalid_request|invalid_claims|policy_denied)$/),
        });
        return;
      }
      const given = JSON.parse(JSON.stringify(asked));
      expectLawful(answer.claims, given.claims, given.profile);
    }),
    { numRuns: count, endOnFailure: true },
  );
  console.log(
    `claim requests: ${[...seen].map(([status, times]) => `${times} answered ${status}`).join(', ')}`,
  );
  // Were nearly all refused, the rules of a token would not have been tried.
  expect(seen.get(200) ?? 0).toBeGreaterThan(count / 20);
}, 120_000);
