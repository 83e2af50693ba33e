/** What can be told about a token before its signature is known, from its issuer and shape of claims. */
export type TokenKind =
  | 'service-account-jwt'
  | 'google-id-token'
  | 'firebase-id-token'
  | 'firebase-custom-token'
  | 'iap-assertion'
  | 'oauth-assertion'
  | 'access-token';

/** How a verifier compares `aud` with what it expects. */
export type AudienceComparison = 'exact' | 'url-prefix' | 'ignore-scheme-and-slash';

export interface PrivateClaimRule {
  type: 'string' | 'object';
  required?: boolean;
  minLength?: number;
  maxLength?: number;
  reservedNames?: readonly string[];
}

/** What one verifier demands of a token beyond RFC 7519; generated from the contract's profiles. */
export interface ProfileRules {
  title: string;
  source: string;
  /** `signer`: `sub` must be the same as `iss`. */
  subject?: 'signer';
  audience: { form: 'any' | 'url' | 'pattern'; single?: boolean; pattern?: string; expected?: string };
  privateClaims: Readonly<Record<string, PrivateClaimRule>>;
  /** Ceiling of `exp - iat`, or none. */
  maxLifetimeSeconds: number | null;
  requiredClaims: readonly string[];
  algorithms?: readonly string[];
  issuers?: readonly string[];
  tokenKinds?: readonly TokenKind[];
  audienceComparison?: AudienceComparison;
  clockToleranceSeconds?: number;
  requiresKid?: boolean;
  requiresEmail?: boolean;
  /** A `scope` claim may stand in for `aud`. */
  scopeInsteadOfAudience?: boolean;
  maxSubjectBytes?: number;
}
