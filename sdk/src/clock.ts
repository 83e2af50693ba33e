/** A moment on both clocks, in milliseconds: `mono` by performance.now(), `wall` by Date.now(), since this was loaded. */
export interface Instant {
  readonly mono: number;
  readonly wall: number;
}

const loadedAt = Date.now();
let wall = 0;
let wallReadAt = 0;

/** In small integers, by Math.floor even where they are whole, since those lie in their object and others beside it. */
export function now(): Instant {
  return { mono: Math.floor(performance.now()), wall: Math.floor(Date.now() - loadedAt) };
}

/**
 * Seconds since the moment by the clock that says more: the monotonic one stands still while the machine
 * sleeps, the wall clock may be set back.
 *
 * Reading two clocks is most of what a cached token costs, so the wall clock is read once a microsecond of
 * running time: a machine that falls asleep in it could as well do so between this answer and its use.
 */
export function elapsedSeconds(since: Instant): number {
  const mono = performance.now();
  const isBurst = mono > wallReadAt && mono < wallReadAt + 0.001;
  if (!isBurst) {
    wallReadAt = mono;
    wall = Date.now() - loadedAt;
  }
  return Math.max(mono - since.mono, wall - since.wall) / 1000;
}
