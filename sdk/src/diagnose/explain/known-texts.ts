import type { FindingCode } from '../finding.ts';

/**
 * An error text, where `*` stands for what differs from case to case, and the codes that it can mean, likeliest
 * first.
 */
export type KnownText = readonly [text: string, ...codes: [FindingCode, ...FindingCode[]]];

/**
 * The texts of one library or gateway. Where they come from:
 * - held against the source of the version that the repository installs: jsonwebtoken, jwks-rsa, jose,
 *   google-auth-library and firebase-admin, but for the codes of custom tokens, which Firebase's client SDKs and
 *   Identity Toolkit answer with;
 * - noted from the sources of golang-jwt, go-oidc and Envoy, and from runs of PyJWT;
 * - compared with the source in part: java-jwt, jjwt, ruby-jwt and the numbers of .NET's token validation;
 * - from documentation, public reports and knowledge alone: fast-jwt, google-auth for Python, nimbus-jose-jwt,
 *   Spring Security, IAP, Cloud Run, Google's token endpoint and STS.
 * A text met in practice that differs goes before what stands here.
 */
export interface KnownTexts {
  library: string;
  texts: readonly KnownText[];
  /** Texts too common to stand for a JWT wherever they occur: they need to be all there is, or a word like JWT beside them. */
  common?: readonly KnownText[];
}
