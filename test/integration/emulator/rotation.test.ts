import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Emulator, startEmulator } from '../../../emulator/emulator.ts';
import { emailOf, get, metadata, signJwt } from '../../support/emulator-client.ts';

let emulator: Emulator;

const jwkPath = `/service_accounts/v1/jwk/${emailOf('signer')}`;
const hour = 3600;

beforeEach(async () => {
  emulator = await startEmulator({ seed: { clock: { time: '2026-06-01T00:00:00Z', frozen: true } } });
});

afterEach(() => emulator.stop());

const now = () => Date.parse(emulator.clock().time) / 1000;

async function sign(): Promise<string> {
  const { body } = await signJwt(emulator, { exp: now() + hour });
  return body.signedJwt;
}

const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';

/** A verifier as Google asks for: it looks at the published keys again after 15 minutes, and not before. */
class CachingVerifier {
  #keys = new Map<string, KeyObject>();
  #fetchedAt = Number.NEGATIVE_INFINITY;

  async verifies(token: string): Promise<boolean> {
    if (now() - this.#fetchedAt >= 900) {
      const { body } = await get(emulator, jwkPath);
      const entries = body.keys.map((jwk: JsonWebKey & { kid: string }) => [
        jwk.kid,
        createPublicKey({ key: { ...jwk }, format: 'jwk' }),
      ]);
      this.#keys = new Map(entries);
      this.#fetchedAt = now();
    }
    const key = this.#keys.get(kidOf(token));
    const [header, payload, signature = ''] = token.split('.');
    const input = Buffer.from(`${header}.${payload}`);
    return key !== undefined && verify('sha256', input, key, Buffer.from(signature, 'base64url'));
  }
}

describe('a key rotation', () => {
  it('never fails a verifier that caches for 15 minutes, for 12 hours after each signature', async () => {
    const verifier = new CachingVerifier();
    const tokens: { token: string; signedAt: number }[] = [];
    const kids = new Set<string>();
    let verified = 0;
    // Two days in steps of 7 minutes; a rotation begins after 5 hours and another after 20.
    for (let step = 0; step < 412; step += 1) {
      if (step === 43 || step === 171) emulator.rotate({ issuer: emailOf('signer') });
      const token = await sign();
      tokens.push({ token, signedAt: now() });
      kids.add(kidOf(token));
      for (const earlier of tokens.filter(({ signedAt }) => now() - signedAt <= 12 * hour)) {
        expect(await verifier.verifies(earlier.token)).toBe(true);
        verified += 1;
      }
      emulator.setClock({ advanceSeconds: 420 });
    }
    expect(kids.size).toBe(3);
    expect(verified).toBeGreaterThan(30_000);
  }, 60_000);

  it('hands over to the key that was published before, and takes both in turn at first', async () => {
    const before = kidOf(await sign());
    const { body } = await get(emulator, jwkPath);
    const { kid, signsFrom } = emulator.rotate({ issuer: emailOf('signer') });
    expect(body.keys.map((key: { kid: string }) => key.kid)).toContain(kid);
    expect(signsFrom).toBe(now());
    expect([kidOf(await sign()), kidOf(await sign()), kidOf(await sign())]).toEqual([kid, before, kid]);
    emulator.setClock({ advanceSeconds: hour });
    expect([kidOf(await sign()), kidOf(await sign())]).toEqual([kid, kid]);
  });

  it('waits until the next key has been published for 6 hours', async () => {
    emulator.rotate({ issuer: emailOf('signer') });
    const pending = emulator.rotate({ issuer: '100000000000000000005' });
    expect(pending.signsFrom).toBe(now() + 6 * hour);
    const kids = [kidOf(await sign()), kidOf(await sign())];
    expect(kids).not.toContain(pending.kid);
    emulator.setClock({ advanceSeconds: 6 * hour });
    expect(kidOf(await sign())).toBe(pending.kid);
  });

  it('takes a key out of the set 12 hours after its last use', async () => {
    const kid = kidOf(await sign());
    emulator.rotate({ issuer: emailOf('signer') });
    const published = async () => {
      const { body } = await get(emulator, jwkPath);
      return body.keys.map((key: { kid: string }) => key.kid);
    };
    emulator.setClock({ advanceSeconds: 13 * hour - 1 });
    expect(await published()).toContain(kid);
    emulator.setClock({ advanceSeconds: 1 });
    expect(await published()).not.toContain(kid);
  });

  it('can break the promise, so that a verifier must look again', async () => {
    const verifier = new CachingVerifier();
    expect(await verifier.verifies(await sign())).toBe(true);
    emulator.rotate({ issuer: emailOf('signer'), immediate: true });
    emulator.rotate({ issuer: emailOf('signer'), immediate: true });
    const token = await sign();
    expect(await verifier.verifies(token)).toBe(false);
    emulator.setClock({ advanceSeconds: 900 });
    expect(await verifier.verifies(token)).toBe(true);
  });

  it("is Google's for its ID tokens", async () => {
    const identity = async () => {
      const { body } = await metadata(
        emulator,
        'caller',
        'instance/service-accounts/default/identity?audience=a',
      );
      return kidOf(body);
    };
    const before = await identity();
    emulator.rotate({ issuer: 'https://accounts.google.com' });
    expect(await identity()).not.toBe(before);
  });

  it('stays as it is when the clock is put back', async () => {
    const before = await sign();
    emulator.rotate({ issuer: emailOf('signer') });
    emulator.setClock({ advanceSeconds: 10 * 24 * hour });
    const after = await sign();
    const { body: set } = await get(emulator, jwkPath);
    emulator.setClock({ time: '2020-01-01T00:00:00Z' });
    expect((await get(emulator, jwkPath)).body).toEqual(set);
    const late = await sign();
    expect(kidOf(late)).toBe(kidOf(after));
    expect(kidOf(late)).not.toBe(kidOf(before));
    expect(await new CachingVerifier().verifies(late)).toBe(true);
  });

  it('goes on by itself, also over years', async () => {
    const kids = new Set([kidOf(await sign())]);
    for (const days of [8, 14, 14, 400, 4000]) {
      emulator.setClock({ advanceSeconds: days * 24 * hour });
      const token = await sign();
      kids.add(kidOf(token));
      expect(await new CachingVerifier().verifies(token)).toBe(true);
    }
    expect(kids.size).toBe(6);
  });

  it('refuses an issuer that it does not know', () => {
    expect(() => emulator.rotate({ issuer: 'nobody@example.com' })).toThrow(
      '"nobody@example.com" is neither',
    );
  });
});
