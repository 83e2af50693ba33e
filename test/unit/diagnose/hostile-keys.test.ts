import { expect, test } from 'vitest';
import { diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import type { JwkSet } from '../../../sdk/src/diagnose/keys/jwk.ts';
import type { KeyInput } from '../../../sdk/src/diagnose/keys/key-input.ts';
import { publicJwk, rsaJwks } from '../../support/corpus/keys.ts';
import { goodSpecimen, now, renderToken, type Specimen } from '../../support/corpus/specimen.ts';

function tokenOf(change: (specimen: Specimen) => void = () => {}): string {
  const specimen = goodSpecimen();
  change(specimen);
  return renderToken(specimen);
}

const good = tokenOf();
const withAnotherKey = tokenOf((specimen) => {
  specimen.key = 'rsa-out';
});
const withMac = tokenOf((specimen) => {
  Object.assign(specimen, { signedAs: 'HS256', hmacSecret: 'x' });
  specimen.header.alg = 'HS256';
});

const bases = {
  RSA: publicJwk('rsa-a'),
  EC: publicJwk('ec-a'),
  oct: { kty: 'oct', k: 'AAAA', kid: 'rsa-a' },
  OKP: { kty: 'OKP', crv: 'Ed25519', x: 'AA', kid: 'rsa-a' },
};
const members = ['kty', 'kid', 'alg', 'use', 'n', 'e', 'crv', 'x', 'y', 'k', 'key_ops', 'ext'];
const values = [7, {}, [], null, true, '', '%%%', '\u0000', 'A'.repeat(10_000)];

test.each(Object.entries(bases))('never throws over a %s key whose members are anything', async (_, base) => {
  for (const member of members) {
    for (const value of values) {
      const jwk = { ...base, [member]: value };
      for (const token of [good, withAnotherKey, withMac]) {
        const alone = { jwks: { keys: [jwk] } as unknown as JwkSet, at: now };
        expect((await diagnose(token, alone)).findings.length).toBeLessThan(8);
        const named = { key: jwk as unknown as KeyInput, at: now };
        expect((await diagnose(token, named)).findings.length).toBeLessThan(8);
      }
      // RFC 7517 section 5: what can't be understood is ignored, and the rest of the set used.
      const jwks = { keys: [jwk, ...rsaJwks.keys] } as unknown as JwkSet;
      expect(await diagnose(good, { jwks, at: now })).toMatchObject({ verdict: 'valid' });
    }
  }
});

test('calls a set of none but broken keys empty, and takes null for a member that is not there', async () => {
  const broken = { keys: [{ kty: 'RSA', kid: 'rsa-a', n: 7, e: {} }] } as unknown as JwkSet;
  expect((await diagnose(good, { jwks: broken, at: now })).findings).toMatchObject([
    { code: 'jwks_unavailable', reason: 'empty' },
  ]);
  const nulls = { keys: [{ ...publicJwk('rsa-a'), use: null, alg: null }] } as unknown as JwkSet;
  expect(await diagnose(good, { jwks: nulls, at: now })).toMatchObject({ verdict: 'valid' });
});

test('finds the key of its kid at the end of a set of thousands', async () => {
  const filler = Array.from({ length: 4_000 }, (_, index) => ({ ...publicJwk('rsa-out'), kid: `k${index}` }));
  const jwks = { keys: [...filler, ...rsaJwks.keys] };
  expect(await diagnose(good, { jwks, at: now })).toMatchObject({ verdict: 'valid', findings: [] });
});

test('does no work that grows with what a hostile key asks for', async () => {
  const huge = Buffer.alloc(300_000, 0xff).toString('base64url');
  const { n } = publicJwk('rsa-out');
  for (const key of [
    { n: huge, e: 'AQAB' },
    { n, e: huge },
    { n: huge, e: huge },
    { n, e: n },
    { n: 'AA', e: 'AQAB' },
    { n: '', e: '' },
  ]) {
    const jwks = { keys: [{ kty: 'RSA', kid: 'rsa-a', ...key }] } as JwkSet;
    const { verdict, findings } = await diagnose(good, { jwks, at: now });
    expect(verdict).toBe('invalid');
    expect(findings[0]?.code).toMatch(/^signature_/);
  }
});
