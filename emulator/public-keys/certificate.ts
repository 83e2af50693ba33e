import { randomBytes } from 'node:crypto';
import type { SigningKey } from '../cloud/signing-key.ts';
import {
  bitString,
  explicit,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  set,
  time,
  utf8String,
  yes,
} from './der.ts';

const oid = {
  commonName: '2.5.4.3',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  basicConstraints: '2.5.29.19',
  keyUsage: '2.5.29.15',
  extendedKeyUsage: '2.5.29.37',
  clientAuth: '1.3.6.1.5.5.7.3.2',
} as const;

const sha256WithRsa = sequence(objectIdentifier(oid.sha256WithRsa), Buffer.of(0x05, 0x00));

const version3 = explicit(0, integer(Buffer.of(2)));

/** The extensions of Google's own certificates: no CA, digital signature, TLS client. */
const extensions = explicit(
  3,
  sequence(
    extension(oid.basicConstraints, sequence()),
    extension(oid.keyUsage, bitString(Buffer.of(0x80), 7)),
    extension(oid.extendedKeyUsage, sequence(objectIdentifier(oid.clientAuth))),
  ),
);

/**
 * A self-signed X.509 v3 certificate (RFC 5280) in PEM, valid for as long as the key is published. It is written by
 * hand because the libraries that can bring 20 packages for these lines; node:crypto and OpenSSL check it in tests.
 */
export async function selfSignedCertificate(key: SigningKey, commonName: string): Promise<string> {
  const { publicKey } = await key.pair();
  const name = sequence(set(sequence(objectIdentifier(oid.commonName), utf8String(commonName))));
  const tbsCertificate = sequence(
    version3,
    integer(serialNumber()),
    sha256WithRsa,
    name,
    sequence(time(key.publishedAt), time(key.removedAt)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions,
  );
  const certificate = sequence(tbsCertificate, sha256WithRsa, bitString(await key.sign(tbsCertificate)));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n').trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

function extension(id: string, value: Buffer): Buffer {
  return sequence(objectIdentifier(id), yes, octetString(value));
}

/** Positive, and without a leading zero byte, which DER forbids. */
function serialNumber(): Buffer {
  const bytes = randomBytes(8);
  bytes[0] = ((bytes[0] ?? 0) & 0x7f) | 0x40;
  return bytes;
}
