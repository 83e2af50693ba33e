export type { CallerToken } from './caller-token.ts';
export {
  type GetTokenOptions,
  TokenClient,
  type TokenClientOptions,
  type TokenClientStats,
  type TokenDetails,
} from './client.ts';
export { CountersignError, type CountersignErrorDetails } from './errors.ts';
export type { TokenEvent } from './events.ts';
export type { ProblemCode } from './generated/problems.ts';
export type { ClaimsSet, ProblemFault, ProfileName } from './generated/types.ts';
export type { GoogleIdTokenRequest, JwtRequest, OtherClaims, TokenRequest } from './token-request.ts';
