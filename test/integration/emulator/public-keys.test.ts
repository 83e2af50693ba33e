import { createPublicKey, createVerify, X509Certificate } from 'node:crypto';
import { createLocalJWKSet, jwtVerify } from 'jose';
import jsonwebtoken from 'jsonwebtoken';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { emailOf, get, metadata, signJwt } from '../../support/emulator-client.ts';

let emulator: Emulator;
let token: string;
let kid: string;

beforeAll(async () => {
  emulator = await startEmulator();
  const exp = Math.floor(Date.now() / 1000) + 3600;
  const { body } = await signJwt(emulator, { sub: emailOf('signer'), exp });
  ({ keyId: kid, signedJwt: token } = body);
});

afterAll(() => emulator.stop());

const keysAt = async (path: string) => get(emulator, `/${path}/${encodeURIComponent(emailOf('signer'))}`);

describe('the public keys of a service account', () => {
  it.each(['service_accounts/v1/jwk', 'service_accounts/v1/metadata/jwk', 'robot/v1/metadata/jwk'])(
    'are a JWK Set at %s that jose verifies with',
    async (path) => {
      const { status, body, headers } = await keysAt(path);
      expect(status).toBe(200);
      expect(body.keys.length).toBeGreaterThanOrEqual(2);
      expect(headers.get('cache-control')).toBe('public, max-age=900, must-revalidate, no-transform');
      const { protectedHeader } = await jwtVerify(token, createLocalJWKSet(body));
      expect(protectedHeader.kid).toBe(kid);
    },
  );

  it.each(['service_accounts/v1/metadata/x509', 'robot/v1/metadata/x509'])(
    'are self-signed certificates at %s that node:crypto and jsonwebtoken verify with',
    async (path) => {
      const { body } = await keysAt(path);
      const certificate = new X509Certificate(body[kid]);
      expect(certificate.subject).toBe('CN=signer.countersign-local.iam.gserviceaccount.com');
      expect(certificate.issuer).toBe(certificate.subject);
      expect(certificate.ca).toBe(false);
      expect(certificate.keyUsage).toEqual(['1.3.6.1.5.5.7.3.2']);
      expect(certificate.verify(certificate.publicKey)).toBe(true);
      expect(certificate.validFromDate.getTime()).toBeLessThan(Date.now());
      expect(certificate.validToDate.getTime()).toBeGreaterThan(Date.now() + 12 * 3600 * 1000);
      const [header, payload, signature = ''] = token.split('.');
      const verifier = createVerify('sha256').update(`${header}.${payload}`);
      expect(verifier.verify(certificate.publicKey, signature, 'base64url')).toBe(true);
      expect(jsonwebtoken.verify(token, body[kid], { algorithms: ['RS256'] })).toMatchObject({
        sub: emailOf('signer'),
      });
    },
  );

  it('are keyvalues in the raw format', async () => {
    const { body } = await keysAt('service_accounts/v1/metadata/raw');
    const { algorithm, modulus, exponent } = body.keyvalues.find(
      ({ keyid }: { keyid: string }) => keyid === kid,
    );
    expect(algorithm).toBe('RSA');
    const bytes = Buffer.from(modulus, 'base64');
    expect(bytes.length).toBe(257);
    const jwk = {
      kty: 'RSA',
      n: bytes.subarray(1).toString('base64url'),
      e: Buffer.from(exponent, 'base64').toString('base64url'),
    };
    const key = createPublicKey({ key: jwk, format: 'jwk' });
    expect(jsonwebtoken.verify(token, key, { algorithms: ['RS256'] })).toMatchObject({
      sub: emailOf('signer'),
    });
  });

  it('are a 404 for an account that does not exist', async () => {
    const { status, body } = await get(emulator, '/service_accounts/v1/jwk/nobody@example.com');
    expect([status, body.error.status]).toEqual([404, 'NOT_FOUND']);
  });
});

describe("the keys of Google's ID tokens", () => {
  it('verify what the metadata server answers, as JWK Set and as certificates', async () => {
    const path = 'instance/service-accounts/default/identity?audience=https://a.example.com';
    const { body: idToken } = await metadata(emulator, 'caller', path);
    const { body: jwks } = await get(emulator, '/oauth2/v3/certs');
    const { payload, protectedHeader } = await jwtVerify(idToken, createLocalJWKSet(jwks));
    expect(payload.iss).toBe('https://accounts.google.com');
    const { body: certificates } = await get(emulator, '/oauth2/v1/certs');
    const pem = certificates[protectedHeader.kid ?? ''];
    expect(jsonwebtoken.verify(idToken, pem, { algorithms: ['RS256'] })).toMatchObject({ sub: payload.sub });
  });
});

describe('the keys of a fresh emulator', () => {
  it('hold up neither its start nor answers that need none', async () => {
    const fresh = await startEmulator();
    const order: string[] = [];
    const keys = get(fresh, `/service_accounts/v1/jwk/${emailOf('signer')}`).then(({ status }) =>
      order.push(`keys ${status}`),
    );
    await metadata(fresh, 'caller', 'project/project-id').then(({ status }) =>
      order.push(`project ${status}`),
    );
    await keys;
    await fresh.stop();
    expect(order).toEqual(['project 200', 'keys 200']);
  });
});
