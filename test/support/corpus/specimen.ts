import { constants, createHmac, sign } from 'node:crypto';
import type { Expectations } from '../../../sdk/src/diagnose/expectations.ts';
import { ecJwks, type KeyName, privateKey, rsaJwks } from './keys.ts';

export const now = 1_800_000_000;
export const signer = 'signer@acme.iam.gserviceaccount.com';

/** A token still in its parts, so that a fault can be put into any of them before it is signed or after. */
export interface Specimen {
  header: Record<string, unknown>;
  claims: Record<string, unknown>;
  key: KeyName;
  /** How it is really signed, whatever the header says. */
  signedAs: string;
  hmacSecret?: string;
  derSignature?: boolean;
  /** Payload text instead of the claims. */
  payload?: string;
  /** Changes of header and claims after signing. */
  tamper: ((specimen: Specimen) => void)[];
  /** Changes of the third part, of the first two, and of the whole, in this order. */
  signature: ((text: string) => string)[];
  parts: ((parts: [string, string, string]) => string[])[];
  text: ((token: string) => string)[];
  expectations: Expectations;
}

const hashes: Readonly<Record<string, string>> = { '256': 'sha256', '384': 'sha384', '512': 'sha512' };

export function goodSpecimen(alg: 'RS256' | 'PS256' | 'ES256' = 'RS256'): Specimen {
  const elliptic = alg === 'ES256';
  return {
    header: { alg, typ: 'JWT', kid: elliptic ? 'ec-a' : 'rsa-a' },
    claims: { iss: signer, sub: signer, aud: 'https://reports.example.com', iat: now - 60, exp: now + 3540 },
    key: elliptic ? 'ec-a' : 'rsa-a',
    signedAs: alg,
    tamper: [],
    signature: [],
    parts: [],
    text: [],
    expectations: {
      jwks: elliptic ? ecJwks : rsaJwks,
      issuer: signer,
      audience: 'https://reports.example.com',
      subject: signer,
      algorithms: [alg],
      at: now,
    },
  };
}

/** Signs the specimen and applies what is to happen afterwards. */
export function renderToken(specimen: Specimen): string {
  const before = encodeContent(specimen);
  const signatureText = specimen.signature.reduce((text, change) => change(text), signText(specimen, before));
  for (const change of specimen.tamper) change(specimen);
  const [header = '', payload = ''] = encodeContent(specimen).split('.');
  let parts: string[] = [header, payload, signatureText];
  for (const change of specimen.parts) parts = change([parts[0] ?? '', parts[1] ?? '', parts[2] ?? '']);
  return specimen.text.reduce((token, change) => change(token), parts.join('.'));
}

function encodeContent({ header, claims, payload }: Specimen): string {
  return [JSON.stringify(header), payload ?? JSON.stringify(claims)]
    .map((text) => Buffer.from(text).toString('base64url'))
    .join('.');
}

function signText(specimen: Specimen, content: string): string {
  const { signedAs, hmacSecret, derSignature } = specimen;
  const hash = hashes[signedAs.slice(2)] ?? 'sha256';
  if (signedAs.startsWith('HS')) {
    return createHmac(hash, hmacSecret ?? '')
      .update(content)
      .digest('base64url');
  }
  const key = privateKey(specimen.key);
  if (signedAs.startsWith('PS')) {
    const padding = {
      padding: constants.RSA_PKCS1_PSS_PADDING,
      saltLength: constants.RSA_PSS_SALTLEN_DIGEST,
    };
    return sign(hash, Buffer.from(content), { key, ...padding }).toString('base64url');
  }
  const dsaEncoding = derSignature === true ? 'der' : 'ieee-p1363';
  return sign(hash, Buffer.from(content), { key, dsaEncoding }).toString('base64url');
}
