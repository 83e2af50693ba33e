import { encodeBase64, encodeBase64Url } from './base64.ts';
import { TokenClient, type TokenClientOptions } from './client.ts';
import { type ProblemCode, statusOf } from './generated/problems.ts';
import type { ClaimRequest, ClaimsSet, IdTokenRequest, JwkSet, SignatureRequest } from './generated/types.ts';

/** A signer with a key of its own, that signs in this process: for tests, without a network or Google. */
export interface FixtureSigner {
  /** The e-mail that its tokens name as `iss` and `sub`. */
  readonly serviceAccount: string;
  /** ID of its key, in the header of its tokens and in `jwks`. */
  readonly kid: string;
  /** Its public key, for a verifier under test. */
  readonly jwks: JwkSet;
  /** Signs a claims set as it is, RS256: also one that Countersign would refuse, such as an expired one. */
  sign(claims: object): Promise<string>;
  /** Signs the bytes as they are: RSASSA-PKCS1-v1_5 with SHA-256. */
  signBytes(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Whom a fixture signer signs as. */
export interface FixtureSignerOptions {
  /** E-mail of the service account; `signer@test.iam.gserviceaccount.com` where left out. */
  serviceAccount?: string | undefined;
  /** ID of the key; `fixture-key` where left out. */
  kid?: string | undefined;
}

const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
const keySize = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };

/** Makes a signer with a new RSA key, in about 100 ms. */
export async function createFixtureSigner(options: FixtureSignerOptions = {}): Promise<FixtureSigner> {
  const { serviceAccount = 'signer@test.iam.gserviceaccount.com', kid = 'fixture-key' } = options;
  const pair = await crypto.subtle.generateKey({ ...algorithm, ...keySize }, true, ['sign', 'verify']);
  const { kty, n, e } = await crypto.subtle.exportKey('jwk', pair.publicKey);
  const signBytes = async (bytes: Uint8Array) =>
    new Uint8Array(await crypto.subtle.sign(algorithm, pair.privateKey, new Uint8Array(bytes)));
  return {
    serviceAccount,
    kid,
    jwks: { keys: [{ kty, n, e, kid, alg: 'RS256', use: 'sig' }] },
    signBytes,
    async sign(claims) {
      const input = [{ alg: 'RS256', kid, typ: 'JWT' }, claims].map(encodeSegment).join('.');
      return `${input}.${encodeBase64Url(await signBytes(new TextEncoder().encode(input)))}`;
    },
  };
}

/** What a fake client signs with, and what it refuses; the rest is as TokenClient has it. */
export interface FakeClientOptions extends Pick<TokenClientOptions, 'maxEntries' | 'onEvent' | 'timeoutMs'> {
  /** Signs what the client asks for. */
  signer: FixtureSigner;
  /**
   * Asked before each token is signed: a code refuses the request with it, as the service or the network would. One
   * that may pass, such as `signer_unavailable`, is tried four times in about a second, unless `timeoutMs` is less.
   */
  refuse?: (request: ClaimRequest | IdTokenRequest | SignatureRequest) => ProblemCode | undefined;
}

/**
 * A TokenClient, with its real cache, whose service is this process: every request is allowed and signed by
 * the fixture signer. Makes no request to anywhere.
 */
export function createFakeClient({ signer, refuse, ...options }: FakeClientOptions): TokenClient {
  return new TokenClient({
    ...options,
    url: 'http://localhost',
    callerToken: async () => 'fake-caller-token',
    async fetch(input, init) {
      const body = JSON.parse(String(init?.body));
      const code = refuse?.(body);
      if (code === 'network_error') throw new TypeError('The test has no network');
      if (code === 'invalid_response') return new Response('<html></html>');
      if (code) return problemResponse(code);
      return Response.json(await answer(new URL(String(input)).pathname, body, signer));
    },
  });
}

async function answer(
  path: string,
  body: ClaimRequest & IdTokenRequest & SignatureRequest,
  signer: FixtureSigner,
) {
  const { kid, serviceAccount } = signer;
  if (path === '/v1/signatures') return signDigest(body, signer);
  const iat = Math.floor(Date.now() / 1000);
  const exp = (body.claims?.iat ?? iat) + (body.ttlSeconds ?? 3600);
  const isIdToken = path === '/v1/id-tokens';
  const iss = isIdToken ? 'https://accounts.google.com' : serviceAccount;
  const claims: ClaimsSet = {
    iss,
    sub: serviceAccount,
    iat,
    exp,
    ...(isIdToken ? { aud: body.aud } : body.claims),
  };
  const hasEmail = isIdToken ? body.includeEmail !== false : body.profile === 'endpoints';
  if (hasEmail) Object.assign(claims, { email: serviceAccount, ...(isIdToken && { email_verified: true }) });
  const expiresInSeconds = claims.exp - iat;
  return { token: await signer.sign(claims), kid, claims, expiresInSeconds, reused: false };
}

async function signDigest({ bytes, raw }: SignatureRequest, { kid, signBytes }: FixtureSigner) {
  const given = Uint8Array.from(atob(bytes), (character) => character.charCodeAt(0));
  const digest = encodeBase64Url(new Uint8Array(await crypto.subtle.digest('SHA-256', given)));
  const signed = raw ? given : new TextEncoder().encode(`countersign-v1\nfake\n${digest}`);
  return { signature: encodeBase64(await signBytes(signed)), kid, signed: encodeBase64(signed) };
}

function problemResponse(code: ProblemCode): Response {
  const problem = {
    type: `urn:countersign:problem:${code}`,
    code,
    detail: `Refused by the test: ${code}`,
    instance: `urn:uuid:${crypto.randomUUID()}`,
  };
  const headers = { 'content-type': 'application/problem+json' };
  return Response.json(problem, { status: statusOf[code] ?? 400, headers });
}

function encodeSegment(value: object): string {
  return encodeBase64Url(new TextEncoder().encode(JSON.stringify(value)));
}
