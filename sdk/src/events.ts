import type { CacheEvent } from './token-cache.ts';

/**
 * What a client tells its `onEvent`: `hit` and `stale` at each answer from the cache, `refresh` and `failure` at each
 * request for a token that ends. Never holds a token. What `call` does passes without one.
 */
export type TokenEvent = CacheEvent & {
  /** The audience that was asked for; several are sorted. */
  readonly aud: string | readonly string[];
};
