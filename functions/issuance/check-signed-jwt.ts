import { isDeepStrictEqual } from 'node:util';
import type { ClaimsSet } from '../contract/generated/types.ts';
import { decodeJws, invalidAnswer } from './decode-jws.ts';
import type { SignedJwt } from './ports.ts';

/**
 * Holds what IAM returned against what was asked: signed with RS256 and the key that IAM names, over exactly the
 * claims set that was sent.
 * @throws Problem `signer_response_invalid` that names what differs, and never quotes the token
 */
export function checkSignedJwt({ keyId, signedJwt }: SignedJwt, claims: ClaimsSet): void {
  const { header, payload } = decodeJws(signedJwt);
  if (header.alg !== 'RS256') throw invalidAnswer('a JWS whose alg is not RS256');
  if (header.kid !== keyId) throw invalidAnswer('a JWS whose kid is not the key that IAM names');
  if (!isDeepStrictEqual(payload, JSON.parse(JSON.stringify(claims)))) {
    throw invalidAnswer('other claims than were sent to be signed');
  }
}
