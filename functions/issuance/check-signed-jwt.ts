import { isDeepStrictEqual } from 'node:util';
import type { ClaimsSet } from '../contract/generated/types.ts';
import { Problem } from '../contract/problem.ts';
import type { SignedJwt } from './ports.ts';

/**
 * Holds what IAM returned against what was asked: a compact JWS (RFC 7515 section 3.1) signed with RS256 and the
 * key that IAM names, over exactly the claims set that was sent.
 * @throws Problem `signer_response_invalid` that names what differs, and never quotes the token
 */
export function checkSignedJwt({ keyId, signedJwt }: SignedJwt, claims: ClaimsSet): void {
  const [header, payload, signature, rest] = signedJwt.split('.');
  if (!header || !payload || !signature || rest !== undefined) throw invalid('no compact JWS of three parts');
  const { alg, kid } = decode(header, 'header');
  if (alg !== 'RS256') throw invalid('a JWS whose alg is not RS256');
  if (kid !== keyId) throw invalid('a JWS whose kid is not the key that IAM names');
  if (!isDeepStrictEqual(decode(payload, 'payload'), JSON.parse(JSON.stringify(claims)))) {
    throw invalid('other claims than were sent to be signed');
  }
}

function decode(part: string, name: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The parser's message quotes what it read, which is part of a token.
  }
  throw invalid(`a JWS whose ${name} is no JSON object`);
}

function invalid(found: string): Problem {
  return new Problem('signer_response_invalid', `IAM answered with ${found}. Try again.`);
}
