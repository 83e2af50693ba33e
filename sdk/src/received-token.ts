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
  { token = '', expiresInSeconds = Infinity, reused = false }: Partial<TokenResponse>,
  { sent, serverTimeMs }: Pick<Answer, 'sent' | 'serverTimeMs'>,
  aud: string | readonly string[],
): FetchedToken {
  try {
    const { iat, exp, aud: given } = decodeJwt(token).claims as Record<string, number>;
    const lifetimeSeconds = Number(exp) - Number(iat);
    const leftSeconds = Math.min(expiresInSeconds, lifetimeSeconds, Number(exp) - serverTimeMs / 1000);
    // A compact JWS (RFC 7515 section 7.1), and nothing that could not stand in a header.
    if (/^([\w-]+\.){2}[\w-]+$/.test(token) && sortedText(given) === sortedText(aud) && leftSeconds > 0) {
      return { token, sent, expiresInSeconds: leftSeconds, lifetimeSeconds, reused };
    }
  } catch {}
  throw new CountersignError('invalid_response', 'The answer holds no live JWT for the audience');
}

function sortedText(aud: unknown): string {
  return JSON.stringify(Array.isArray(aud) ? aud.toSorted() : aud);
}
