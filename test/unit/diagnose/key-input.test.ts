import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { readKeys } from '../../../sdk/src/diagnose/keys/key-input.ts';

const fixture = (name: string) =>
  readFileSync(new URL(`../../support/fixtures/${name}-certificate.pem`, import.meta.url), 'utf8');

test.each(['rsa', 'ec'])('reads the public key of an X.509 certificate: %s', async (name) => {
  const pem = fixture(name);
  const expected = new X509Certificate(pem).publicKey.export({ format: 'jwk' });
  expect(await readKeys(pem)).toEqual([expected]);
});

test("reads Google's map of kid to certificate", async () => {
  const keys = await readKeys({ a: fixture('rsa'), b: fixture('ec') });
  expect(keys.map(({ kid, kty }) => [kid, kty])).toEqual([
    ['a', 'RSA'],
    ['b', 'EC'],
  ]);
});

test('takes what is neither PEM nor JSON for a secret', async () => {
  expect(await readKeys('a shared secret')).toEqual([{ kty: 'oct', k: 'YSBzaGFyZWQgc2VjcmV0' }]);
  expect(await readKeys(Uint8Array.of(1, 2, 3))).toEqual([{ kty: 'oct', k: 'AQID' }]);
});

test.each([
  ['{"nothing":', 'not_json'],
  ['{"private_key":"x","client_email":"y"}', 'private_key'],
  [fixture('rsa').replace('MII', 'AAA'), 'bad_pem'],
  [`${fixture('rsa').slice(0, 200)}\n-----END CERTIFICATE-----`, 'bad_pem'],
])('refuses what is no key: %#', async (text, reason) => {
  await expect(readKeys(text)).rejects.toMatchObject({ name: 'KeysUnavailable', reason });
});
