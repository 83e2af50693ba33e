import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { SigningKey } from '../../../emulator/cloud/signing-key.ts';
import { selfSignedCertificate } from '../../../emulator/public-keys/certificate.ts';
import { integer, objectIdentifier, sequence, time } from '../../../emulator/public-keys/der.ts';

const seconds = (text: string) => Date.parse(text) / 1000;

describe('DER', () => {
  it.each([
    ['a small integer', integer(Buffer.of(2)), '020102'],
    ['an integer whose first bit is set', integer(Buffer.of(0x80)), '02020080'],
    ['an object identifier', objectIdentifier('1.2.840.113549.1.1.11'), '06092a864886f70d01010b'],
    ['a time before 2050', time(seconds('2049-12-31T23:59:59Z')), '170d3439313233313233353935395a'],
    ['a time from 2050 on', time(seconds('2050-01-01T00:00:00Z')), '180f32303530303130313030303030305a'],
    ['a length of one byte', sequence(Buffer.alloc(127)).subarray(0, 2), '307f'],
    ['a length of two bytes', sequence(Buffer.alloc(128)).subarray(0, 3), '308180'],
    ['a length of three bytes', sequence(Buffer.alloc(256)).subarray(0, 4), '30820100'],
  ])('writes %s', (_, bytes, hex) => {
    expect(bytes.toString('hex')).toBe(hex);
  });
});

describe('a self-signed certificate', () => {
  it.each(['2026-06-01T00:00:00Z', '2055-06-01T00:00:00Z'])(
    'is valid while its key is published, from %s',
    async (at) => {
      const key = new SigningKey({ publishedAt: seconds(at), signsFrom: seconds(at) + 6 * 3600 });
      const certificate = new X509Certificate(await selfSignedCertificate(key, 'signer.example'));
      expect(certificate.validFromDate.getTime()).toBe(Date.parse(at));
      expect(certificate.validToDate.getTime()).toBe(key.removedAt * 1000);
      expect(certificate.subject).toBe('CN=signer.example');
      expect(certificate.verify((await key.pair()).publicKey)).toBe(true);
      const other = new SigningKey({ publishedAt: 0, signsFrom: 0 });
      expect(certificate.verify((await other.pair()).publicKey)).toBe(false);
    },
  );
});
