import type { Instant } from './clock.ts';
import { CountersignError } from './errors.ts';
import type { Answer } from './exchange.ts';
import type { ClaimsSet, TokenResponse } from './generated/types.ts';
import { decodeJwt } from './jwt.ts';

/**
 * A token as it came and as the cache keeps it, all of it in one object: a client may keep thousands, and a cached
 * call waits for each piece of memory that it reads. It is an Instant: its life is counted in seconds from when its
 * request was sent.
 */
export interface ReceivedToken extends Instant {
  readonly token: string;
  /** Kept, since making one costs a cached call a third of its time. */
  readonly promise: Promise<string>;
  /** Whether the service handed an earlier token out again. */
  readonly reused: boolean;
  readonly expiresInSeconds: number;
  /** Less life than this, and it is never handed out. */
  readonly marginSeconds: number;
  /** From here on a call starts a refresh. */
  refreshAfterSeconds: number;
  /** How long the last failed refresh put off the next; 0 after none. */
  backoffSeconds: number;
  /** Handed out since the cache last looked for room. */
  used: boolean;
}

/**
 * The token of an answer. Throws `invalid_response` where it is no JWT, is for another audience than was asked
 * (several are sorted), or is dead on arrival by the clock of the server that gave it: the local one has no say.
 */
export function receiveToken(
  {
    token,
    expiresInSeconds: givenSeconds = Infinity,
    reused = false,
  }: Pick<TokenResponse, 'token'> & Partial<TokenResponse>,
  { status, sent, serverTimeMs }: Pick<Answer, 'status' | 'sent' | 'serverTimeMs'>,
  asked: string | readonly string[],
): ReceivedToken {
  try {
    const { iat, exp, aud } = decodeJwt(token).claims as ClaimsSet;
    const lifetimeSeconds = exp - iat;
    const expiresInSeconds = Math.floor(Math.min(givenSeconds, lifetimeSeconds, exp - serverTimeMs / 1000));
    // A compact JWS (RFC 7515 section 7.1), and nothing that could not stand in a header.
    if (
      /^([\w-]+\.){2}[\w-]+$/.test(token) &&
      JSON.stringify([aud].flat().sort()) === JSON.stringify([asked].flat()) &&
      expiresInSeconds > 0
    ) {
      const marginSeconds = Math.min(60, lifetimeSeconds / 10);
      // Jittered, so that a fleet started at once does not refresh at once.
      const windowOpens = expiresInSeconds - lifetimeSeconds * (0.2 + 0.3 * Math.random());
      return {
        token,
        promise: Promise.resolve(token),
        reused,
        // Not by `...sent`, which would put the last members outside of the object.
        mono: sent.mono,
        wall: sent.wall,
        expiresInSeconds,
        marginSeconds,
        // A source that gives a token already in its window is asked again after a hundredth of the life.
        refreshAfterSeconds: Math.floor(Math.max(windowOpens, lifetimeSeconds / 100)),
        backoffSeconds: 0,
        used: false,
      };
    }
  } catch {}
  throw new CountersignError('invalid_response', `No live JWT for ${asked}`, {
    status,
  });
}
