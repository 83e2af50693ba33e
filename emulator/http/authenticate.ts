import type { Cloud } from '../cloud/cloud.ts';
import { ApiError, errorInfo } from './api-error.ts';
import type { ApiRequest } from './route.ts';

/** The API that was called, as ErrorInfo names it. */
export interface ApiMethod {
  readonly service: string;
  readonly method: string;
}

/** Who sends a request: the account that its access token was issued to. */
export interface Caller {
  readonly email: string;
  readonly member: string;
}

const seeAlso = 'See https://developers.google.com/identity/sign-in/web/devconsole-project.';
const expected = `Expected OAuth 2 access token, login cookie or other valid authentication credential. ${seeAlso}`;
const missing = `Request is missing required authentication credential. ${expected}`;
const invalid = `Request had invalid authentication credentials. ${expected}`;

const scopePrefix = 'https://www.googleapis.com/auth/';

/**
 * Answers who the request's access token was issued to. Throws 401 for a token that is missing, not issued here or
 * expired, 403 for one without any of the scopes (without their common prefix) that the API takes.
 */
export function authenticate(
  cloud: Cloud,
  request: ApiRequest,
  api: ApiMethod,
  scopes: readonly string[] = ['cloud-platform', 'iam'],
): Caller {
  const { authorization } = request.headers;
  if (!authorization) throw unauthenticated(missing, 'CREDENTIALS_MISSING', api);
  const token = cloud.accessTokens.find(bearerToken(authorization) ?? '');
  if (!token) throw unauthenticated(invalid, 'ACCESS_TOKEN_TYPE_UNSUPPORTED', api);
  if (token.expiresAtMs <= cloud.clock.nowMs()) throw unauthenticated(invalid, 'ACCESS_TOKEN_EXPIRED', api);
  if (!scopes.some((scope) => token.scopes.includes(scopePrefix + scope))) throw insufficientScopes(api);
  return { email: token.email, member: `serviceAccount:${token.email}` };
}

/** The token of an Authorization header of the Bearer scheme (RFC 6750). */
export function bearerToken(authorization = ''): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization)?.[1];
}

function unauthenticated(message: string, reason: string, api: ApiMethod): ApiError {
  const error = reason === 'CREDENTIALS_MISSING' ? '' : ', error="invalid_token"';
  return new ApiError('UNAUTHENTICATED', message, {
    details: [errorInfo(reason, { ...api })],
    headers: { 'www-authenticate': `Bearer realm="https://accounts.google.com/"${error}` },
  });
}

function insufficientScopes(api: ApiMethod): ApiError {
  return new ApiError('PERMISSION_DENIED', 'Request had insufficient authentication scopes.', {
    details: [errorInfo('ACCESS_TOKEN_SCOPE_INSUFFICIENT', { ...api })],
  });
}
