import { calculateJwkThumbprint, compactDecrypt, exportJWK, generateKeyPair, importJWK } from 'jose';
import { CountersignError } from '../errors.ts';
import type { BatchResult } from '../generated/types.ts';
import { parseResult } from './parse-result.ts';

/** How the key of a reply is encrypted (RFC 7518 section 4): the first is of a P-256 key, the second of an RSA key. */
export type ReplyAlgorithm = 'ECDH-ES+A256KW' | 'RSA-OAEP-256';

/**
 * A JSON Web Key (RFC 7517) with the members that WebCrypto exports. Spelt out, since a project without the
 * compiler's `dom` library has no JsonWebKey.
 */
export interface ReplyJwk {
  /** `EC` or `RSA`. */
  kty?: string;
  /** `P-256`. */
  crv?: string;
  /** A P-256 key's coordinate. */
  x?: string;
  /** A P-256 key's coordinate. */
  y?: string;
  /** An RSA key's modulus, of 2048 to 4096 bits. */
  n?: string;
  /** An RSA key's exponent. */
  e?: string;
  /** Private, as are `p`, `q`, `dp`, `dq` and `qi`: never to be published. */
  d?: string;
  /** An RSA key's first prime factor. */
  p?: string;
  /** An RSA key's second prime factor. */
  q?: string;
  /** `d` mod `p` - 1. */
  dp?: string;
  /** `d` mod `q` - 1. */
  dq?: string;
  /** The inverse of `q` mod `p`. */
  qi?: string;
  /** A ReplyAlgorithm; not needed. */
  alg?: string;
  /** Not needed. */
  ext?: boolean;
  /** Not needed. */
  key_ops?: string[];
  /** Not needed. */
  use?: string;
}

/** A key pair for replies on a topic. */
export interface ReplyKeys {
  /** Goes into `deliverTo.jwk`. */
  readonly publicJwk: ReplyJwk;
  /** Stays with the job: it opens the replies. */
  readonly privateJwk: ReplyJwk;
  /** RFC 7638, SHA-256: what the binding's `jwkThumbprints` lists. */
  readonly thumbprint: string;
}

/** Makes a key pair for replies: P-256 unless RSA (2048 bits) is asked for. */
export async function createReplyKeys(alg: ReplyAlgorithm = 'ECDH-ES+A256KW'): Promise<ReplyKeys> {
  const options = alg === 'RSA-OAEP-256' ? { modulusLength: 2048 } : { crv: 'P-256' };
  const { publicKey, privateKey } = await generateKeyPair(alg, { ...options, extractable: true });
  const publicJwk = await exportJWK(publicKey);
  return {
    publicJwk: publicJwk as ReplyJwk,
    privateJwk: (await exportJWK(privateKey)) as ReplyJwk,
    thumbprint: await calculateJwkThumbprint(publicJwk),
  };
}

/**
 * Opens one reply: a message's data, a compact JWE. Answers undefined for one that is for another key.
 * Rejects with `invalid_response` where it is none, or was changed.
 */
export async function openReply(
  data: Uint8Array | string,
  { privateJwk }: { privateJwk: ReplyJwk },
): Promise<BatchResult | undefined> {
  const jwe = typeof data === 'string' ? data : new TextDecoder().decode(data);
  const alg: ReplyAlgorithm = privateJwk.kty === 'RSA' ? 'RSA-OAEP-256' : 'ECDH-ES+A256KW';
  const jwk = { ...privateJwk, kty: `${privateJwk.kty}` };
  const thumbprint = await calculateJwkThumbprint(jwk);
  try {
    if (kidOf(jwe) !== thumbprint) return undefined;
    const { plaintext } = await compactDecrypt(jwe, await importJWK(jwk, alg), {
      keyManagementAlgorithms: [alg],
      contentEncryptionAlgorithms: ['A256GCM'],
    });
    return parseResult(new TextDecoder().decode(plaintext));
  } catch {
    throw new CountersignError(
      'invalid_response',
      'The message is no reply of Countersign’s, or was changed',
    );
  }
}

function kidOf(jwe: string): unknown {
  const [header = ''] = jwe.split('.', 1);
  return JSON.parse(atob(header.replaceAll('-', '+').replaceAll('_', '/'))).kid;
}
