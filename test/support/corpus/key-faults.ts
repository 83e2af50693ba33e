import type { Fault } from './faults.ts';
import { publicJwk, publicPem, rsaJwks } from './keys.ts';

export const keyFaults: readonly Fault[] = [
  {
    name: 'alg none without a signature',
    code: 'alg_none',
    touches: ['header', 'signature'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, alg: 'none' };
      specimen.signature.push(() => '');
    },
  },
  {
    name: 'alg None with its signature left',
    code: 'alg_none',
    touches: ['header', 'signature'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, alg: 'None' };
    },
  },
  {
    name: 'no alg',
    code: 'alg_not_allowed',
    touches: ['header', 'signature'],
    apply: (specimen) => {
      const { alg: _, ...header } = specimen.header;
      specimen.header = header;
    },
  },
  {
    name: 'an unknown alg',
    code: 'alg_not_allowed',
    touches: ['header', 'signature'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, alg: 'rs256' };
    },
  },
  {
    name: 'HS256 with the public key as the secret',
    code: 'alg_not_allowed',
    touches: ['header', 'signature', 'key'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, alg: 'HS256' };
      specimen.signedAs = 'HS256';
      specimen.hmacSecret = publicPem('rsa-a');
    },
  },
  {
    name: 'HS256 with a secret',
    code: 'alg_not_allowed',
    touches: ['header', 'signature', 'key'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, alg: 'HS256' };
      specimen.signedAs = 'HS256';
      specimen.hmacSecret = 'a shared secret of the two of us';
    },
  },
  {
    name: 'RS512 where RS256 is allowed',
    code: 'alg_not_allowed',
    touches: ['header'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, alg: 'RS512' };
      specimen.signedAs = 'RS512';
    },
  },
  {
    name: 'ES256 named for an RSA key',
    code: 'alg_not_allowed',
    touches: ['header', 'signature', 'key'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, alg: 'ES256' };
      specimen.expectations = { ...specimen.expectations, algorithms: ['RS256', 'ES256'] };
    },
  },
  {
    name: 'a crit header',
    code: 'crit_unsupported',
    touches: ['crit'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, crit: ['urn:example:ext'], 'urn:example:ext': 1 };
    },
  },
  {
    name: 'no kid in front of two keys',
    code: 'kid_missing',
    touches: ['header', 'key'],
    apply: (specimen) => {
      const { kid: _, ...header } = specimen.header;
      specimen.header = header;
    },
  },
  {
    name: 'a numeric kid',
    code: 'kid_missing',
    touches: ['header', 'key'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, kid: 7 };
    },
  },
  {
    name: 'a kid that the set lacks, with its key',
    code: 'kid_not_found',
    touches: ['header', 'key', 'signature'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, kid: 'rsa-out' };
      specimen.key = 'rsa-out';
    },
  },
  {
    name: 'another key of the set',
    code: 'kid_wrong',
    touches: ['header', 'key'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, kid: 'rsa-b' };
    },
  },
  {
    name: 'an unknown kid on a key of the set',
    code: 'kid_wrong',
    touches: ['header', 'key'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, kid: 'RSA-A' };
    },
  },
  {
    name: 'a set without keys',
    code: 'jwks_unavailable',
    touches: ['key', 'signature', 'header'],
    apply: (specimen) => {
      specimen.expectations = { ...specimen.expectations, jwks: { keys: [] } };
    },
  },
  {
    name: 'an empty signature',
    code: 'signature_missing',
    touches: ['signature', 'encoding'],
    apply: (specimen) => {
      specimen.signature.push(() => '');
    },
  },
  {
    name: 'a signature removed by Cloud Run',
    code: 'signature_removed',
    touches: ['signature', 'encoding'],
    apply: (specimen) => {
      specimen.signature.push(() => 'SIGNATURE_REMOVED_BY_GOOGLE');
    },
  },
  {
    name: 'half a signature',
    code: 'signature_truncated',
    touches: ['signature'],
    apply: (specimen) => {
      specimen.signature.push((text) => text.slice(0, 170));
    },
  },
  {
    name: 'a signature short by one character',
    code: 'signature_truncated',
    touches: ['signature'],
    apply: (specimen) => {
      specimen.signature.push((text) => text.slice(0, -1));
    },
  },
  {
    name: 'a damaged signature',
    code: 'signature_invalid',
    touches: ['signature'],
    apply: (specimen) => {
      specimen.signature.push(
        (text) => `${text.slice(0, 20)}${text[20] === 'A' ? 'B' : 'A'}${text.slice(21)}`,
      );
    },
  },
  {
    name: 'another key under the same kid',
    code: 'signature_invalid',
    touches: ['signature', 'key'],
    apply: (specimen) => {
      specimen.key = 'rsa-out';
    },
  },
  {
    name: 'a claim changed after signing',
    code: 'signature_invalid',
    touches: ['signature', 'payload'],
    apply: (specimen) => {
      specimen.tamper.push((signed) => {
        signed.claims = { ...signed.claims, admin: true };
      });
    },
  },
  {
    name: 'PS256 under the name of RS256',
    code: 'signature_invalid',
    touches: ['signature', 'header'],
    apply: (specimen) => {
      specimen.signedAs = 'PS256';
    },
  },
  {
    name: 'an ECDSA signature in DER',
    code: 'signature_invalid',
    touches: ['signature', 'header', 'key'],
    apply: (specimen) => {
      specimen.header = { ...specimen.header, alg: 'ES256', kid: 'ec-a' };
      specimen.key = 'ec-a';
      specimen.signedAs = 'ES256';
      specimen.derSignature = true;
      const keys = [...rsaJwks.keys, publicJwk('ec-a')];
      specimen.expectations = { ...specimen.expectations, jwks: { keys }, algorithms: ['ES256'] };
    },
  },
];
