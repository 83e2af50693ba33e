import type { FetchedToken } from './cached-token.ts';
import { CountersignError } from './errors.ts';
import type { Answer } from './exchange.ts';
import type { TokenResponse } from './generated/types.ts';
import { decodeJwt } from './jwt.ts';

/**
 * The token of an answer. Throws `invalid_response` where it is no JWT, is for another audience, or is dead on
 * arrival by the clock of the server that gave it: the local one has no say.
 */
export function receiveToken(
  {
    body: { token, expiresInSeconds = Infinity, reused },
    sent,
    serverTimeMs,
  }: Answer & { body: Partial<TokenResponse> },
  aud: string | readonly string[],
): FetchedToken {
  try {
    const { claims } = decodeJwt(`${token}`);
    const exp = Number(claims.exp);
    const lifetimeSeconds = exp - Number(claims.iat);
    const leftSeconds = Math.min(expiresInSeconds, lifetimeSeconds, exp - serverTimeMs / 1000);
    if (sortedText(claims.aud) === sortedText(aud) && leftSeconds > 0) {
      return { token: `${token}`, sent, expiresInSeconds: leftSeconds, lifetimeSeconds, reused: !!reused };
    }
  } catch {}
  throw new CountersignError('invalid_response', 'The answer holds no live JWT for the audience');
}

function sortedText(aud: unknown): string {
  return JSON.stringify(Array.isArray(aud) ? aud.toSorted() : aud);
}
