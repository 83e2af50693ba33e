import type { ClaimRequest, IdTokenRequest, RequestedClaims } from './generated/types.ts';

/** The claims of a request but `aud`, which stands beside them. */
export type OtherClaims = {
  [Name in keyof RequestedClaims as Exclude<Name, 'aud'>]: RequestedClaims[Name];
} & { aud?: never };

/** Asks for a JWT that the signer's key signs. */
export interface JwtRequest extends Omit<ClaimRequest, 'claims'> {
  kind?: 'jwt';
  /** Audience (RFC 7519 section 4.1.3): one StringOrURI, or several where the binding allows it. */
  aud: string | readonly string[];
  /** Further claims. A request that gives `jti`, `iat`, `exp` or `nbf` gets a token of its own, never a kept one. */
  claims?: OtherClaims;
}

/** Asks for an ID token that Google signs. */
export interface GoogleIdTokenRequest extends IdTokenRequest {
  kind: 'id_token';
}

/** What a token is asked with: an audience alone, or everything that the service lets one say. */
export type TokenRequest = string | JwtRequest | GoogleIdTokenRequest;

/** Whether the request is an audience that serves as its own key: other keys begin with a bracket. */
export function isPlain(request: unknown): request is string {
  return typeof request === 'string' && request[0] !== '[';
}

/**
 * The same text for the same request: the order of object members and of `aud` doesn't matter, that of other
 * arrays does. Throws a TypeError where the request could never be one: a programmer's mistake.
 */
export function keyOf(request: TokenRequest): string {
  if (isPlain(request) && request) return request;
  const { aud, kind, ...rest } = Object(typeof request === 'string' ? { aud: request } : request);
  const audiences = [aud].flat();
  if (!audiences[0] || audiences.some((one) => !one || typeof one !== 'string') || rest.claims?.aud) {
    throw new TypeError('aud must be a non-empty string, or several, beside claims');
  }
  const parts = [Array.isArray(aud) ? audiences.sort() : aud, kind === 'id_token', rest];
  const key = JSON.stringify(parts, (_, value) => {
    if (Array.isArray(value) || Object(value) !== value) return value;
    return Object.fromEntries(
      Object.keys(value)
        .sort()
        .map((name) => [name, value[name]]),
    );
  });
  return isPlain(aud) && key.endsWith(',false,{}]') ? aud : key;
}

/** Whether the request asks for a token of its own, by a claim that no two tokens share: it is never kept. */
export function isSingular(request: TokenRequest): boolean {
  const { claims } = Object(request);
  return ['jti', 'iat', 'exp', 'nbf'].some((name) => claims?.[name] !== undefined);
}
