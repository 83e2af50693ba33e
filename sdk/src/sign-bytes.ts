import { encodeBase64 } from './base64.ts';
import type { TokenClient } from './client.ts';
import { CountersignError } from './errors.ts';
import { createSignature } from './generated/operations.ts';
import type { SignatureRequest, SignatureResponse } from './generated/types.ts';

/** How bytes are signed, and by which signer; what is left out the first binding that allows it fills in. */
export interface SignBytesOptions extends Omit<SignatureRequest, 'bytes'> {
  /** Ends the call: it rejects with the signal's reason. */
  signal?: AbortSignal | undefined;
}

/**
 * Signs bytes with the signer's key (RSASSA-PKCS1-v1_5, SHA-256), somewhat under 48 KiB; nothing is kept. What is
 * signed is a digest of them that names the binding, which verifyBytes checks, or with `raw` the bytes as they are.
 * `signature` and `signed` of the answer are base64. Rejects as getToken does.
 */
export async function signBytes(
  client: TokenClient,
  bytes: Uint8Array,
  { signal, ...members }: SignBytesOptions = {},
): Promise<SignatureResponse> {
  if (!(bytes instanceof Uint8Array)) throw new TypeError('bytes must be a Uint8Array');
  const input = { ...members, bytes: encodeBase64(bytes) };
  const { signature, kid, signed } = await client.call(createSignature, input, { signal });
  if ([signature, kid, signed].some((member) => typeof member !== 'string')) {
    throw new CountersignError('invalid_response', 'The answer holds no signature');
  }
  return { signature, kid, signed };
}
