export type { CallerToken } from './caller-token.ts';
export {
  type GetTokenOptions,
  TokenClient,
  type TokenClientOptions,
  type TokenClientStats,
  type TokenDetails,
} from './client.ts';
export { type CreateFetchOptions, createFetch } from './create-fetch.ts';
export { CountersignError, type CountersignErrorDetails } from './errors.ts';
export type { TokenEvent } from './events.ts';
export type { Operation } from './generated/operations.ts';
export { createIdToken, createSignature, createToken, getIdentity } from './generated/operations.ts';
export type { ProblemCode } from './generated/problems.ts';
export type {
  ClaimsSet,
  IdTokenRequest,
  JwkSet,
  ProblemFault,
  ProfileName,
  SignatureResponse,
} from './generated/types.ts';
export { getIdToken } from './id-token.ts';
export { type SignBytesOptions, signBytes } from './sign-bytes.ts';
export type { GoogleIdTokenRequest, JwtRequest, OtherClaims, TokenRequest } from './token-request.ts';
export { type VerifyBytesOptions, verifyBytes } from './verify-bytes.ts';
