import { isDeepStrictEqual } from 'node:util';
import type { ClaimsSet } from '../contract/generated/types.ts';
import { decodePart, invalidAnswer, splitJws } from './decode-jws.ts';
import type { SignedJwt } from './ports.ts';

/**
 * Holds what IAM returned against what was asked: signed with RS256 and the key that IAM names, over exactly the
 * claims set that was sent.
 * @throws Problem `signer_response_invalid` that names what differs, and never quotes the token
 */
export function checkSignedJwt({ keyId, signedJwt }: SignedJwt, claims: ClaimsSet): void {
  const parts = splitJws(signedJwt);
  const header = decodePart(parts.header, 'header');
  if (header.alg !== 'RS256') throw invalidAnswer('a JWS whose alg is not RS256');
  if (header.kid !== keyId) throw invalidAnswer('a JWS whose kid is not the key that IAM names');
  const sent = JSON.stringify(claims);
  // Where it is the very bytes that were sent, which is as a rule, there is nothing to read.
  if (parts.payload === Buffer.from(sent).toString('base64url')) return;
  if (!isDeepStrictEqual(decodePart(parts.payload, 'payload'), JSON.parse(sent))) {
    throw invalidAnswer('other claims than were sent to be signed');
  }
}
