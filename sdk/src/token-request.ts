import type { ClaimRequest, IdTokenRequest, RequestedClaims } from './generated/types.ts';

/** The claims of a request but `aud`, which stands beside them. */
export type OtherClaims = {
  [Name in keyof RequestedClaims as Exclude<Name, 'aud'>]: RequestedClaims[Name];
} & { aud?: never };

/** Asks for a JWT that the signer's key signs. */
export interface JwtRequest extends Omit<ClaimRequest, 'claims'> {
  /** Need not be given. */
  kind?: 'jwt';
  /** Audience (RFC 7519 section 4.1.3): one StringOrURI, or several, sent sorted, where the binding allows it. */
  aud: string | readonly string[];
  /** Further claims. A request that gives `jti`, `iat`, `exp` or `nbf` gets a token of its own, never a kept one. */
  claims?: OtherClaims;
}

/** Asks for an ID token that Google signs. */
export interface GoogleIdTokenRequest extends IdTokenRequest {
  /** Tells it from a request for a JWT; getIdToken gives it. */
  kind: 'id_token';
}

/** What a token is asked with: an audience alone, or everything that the service lets one say. */
export type TokenRequest = string | JwtRequest | GoogleIdTokenRequest;

/** Whether the request is an audience that serves as its own key: other keys begin with a bracket. */
export function isPlain(request: unknown): request is string {
  return isText(request) && request[0] !== '[';
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** What a key says: the audience, whether an ID token is asked for, and all other members of the request. */
export function readKey(
  key: string,
): [aud: string | string[], isIdToken?: boolean, rest?: Partial<ClaimRequest>] {
  return isPlain(key) ? [key] : JSON.parse(key);
}

/**
 * The request as one text: the same for the same request (the order of object members and of `aud` doesn't matter,
 * that of other arrays does), and all that is asked with, whatever becomes of the object. It is singular where it
 * asks for a token of its own, by a claim that no two tokens share. Throws a TypeError where the request could never
 * be one: a programmer's mistake.
 */
export function parseRequest(request: TokenRequest): [key: string, isSingular: boolean] {
  const { kind = 'jwt', aud, ...rest } = Object(typeof request === 'string' ? { aud: request } : request);
  const { claims } = rest;
  const audiences = [aud].flat();
  const isIdToken = kind === 'id_token';
  const isAsked = audiences.length && audiences.every(isText) && !claims?.aud;
  if (!isAsked || (kind !== 'jwt' && !isIdToken)) {
    throw new TypeError(`aud must be a non-empty string, or several, beside claims; kind jwt or id_token`);
  }
  const key = sortedText([Array.isArray(aud) ? audiences.sort() : aud, isIdToken, rest]);
  const { jti, iat, exp, nbf } = claims ?? {};
  return [isPlain(aud) && key.endsWith(',false,{}]') ? aud : key, (jti ?? iat ?? exp ?? nbf) !== undefined];
}

/** The value's JSON with the members of every object in the order of their names. */
function sortedText(value: unknown): string {
  const names: string[] = [];
  const plain = JSON.parse(JSON.stringify(value), (name, member) => {
    names.push(name);
    return member;
  });
  return JSON.stringify(plain, names.sort());
}
