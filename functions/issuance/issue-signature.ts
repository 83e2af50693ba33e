import { hash } from 'node:crypto';
import type { SignatureResponse } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import { fault } from '../tokens/fault.ts';
import type { JsonResult } from '../tokens/parse-json.ts';
import { parseSignatureRequest } from '../tokens/parse-request.ts';
import { authorize, currentPolicies } from './authorize.ts';
import type { Issuance } from './issue-token.ts';
import type { Caller, RequestScope } from './ports.ts';
import { isSignedElsewhere } from './raw-bytes.ts';
import { onRecord } from './record.ts';

/**
 * Issues a signature over bytes, in the same order as `issueToken`. What is signed names Countersign and the binding,
 * so that it can't be taken for something else the signer might sign; raw bytes only where the binding allows them.
 * @throws Problem
 */
export async function issueSignature(
  issuance: Issuance,
  caller: Caller,
  json: JsonResult,
  scope: RequestScope,
): Promise<SignatureResponse> {
  const policies = await currentPolicies(issuance);
  const { bytes: encoded, raw = false, ...asked } = parseSignatureRequest(json);
  const bytes = Buffer.from(encoded, 'base64');
  if (raw && isSignedElsewhere(bytes)) throw refusedBytes();
  const access = { ...asked, kind: 'signature' as const, raw };
  const { grant, entry } = authorize(issuance, policies, caller, access, scope);
  const { binding, serviceAccount, delegates } = grant;
  const toSign = raw ? bytes : separate(bytes, binding.id);
  return onRecord(issuance.audit, entry, async () => {
    issuance.rateLimit.take(caller.member);
    const signed = await issuance.signer.signBlob({ serviceAccount, delegates, bytes: toSign }, scope);
    return {
      result: { signature: signed.signedBlob, kid: signed.keyId, signed: toSign.toString('base64') },
      entry: { kid: signed.keyId },
    };
  });
}

/** `countersign-v1`, the binding's id and the bytes' digest, each on a line, without a final newline. */
function separate(bytes: Buffer, binding: string): Buffer {
  const digest = hash('sha256', bytes, 'base64url');
  return Buffer.from(`countersign-v1\n${binding}\n${digest}`);
}

function refusedBytes(): Problem {
  const hint =
    'Ask for a token at /v1/tokens, or leave raw out: then a digest under a prefix of its own is signed.';
  const errors = [
    {
      ...fault(
        '/bytes',
        undefined,
        'bytes that are no JWS signing input and no string to sign of a URL',
        hint,
      ),
      actual: 'bytes that a verifier would take for a token or a signed URL',
    },
  ];
  return new Problem('invalid_request', 'These raw bytes are never signed.', { errors });
}
