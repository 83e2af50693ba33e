import type { CacheEvent } from './token-cache.ts';

/** What a client tells its `onEvent`, for each token that it was asked for. Never holds a token. */
export type TokenEvent = CacheEvent & {
  /** The audience, as it was asked for. */
  readonly aud: string | readonly string[];
};
