import type { GetTokenOptions, TokenClient } from './client.ts';
import type { IdTokenRequest } from './generated/types.ts';

/**
 * A Google-signed OpenID Connect ID token of the signer, kept and refreshed as getToken keeps its tokens. Rejects
 * as getToken does.
 */
export function getIdToken(
  client: TokenClient,
  request: string | IdTokenRequest,
  options?: GetTokenOptions,
): Promise<string> {
  const members = typeof request === 'string' ? { aud: request } : request;
  return client.getToken({ ...members, kind: 'id_token' }, options);
}
