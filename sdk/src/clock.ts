/** A moment on both clocks, in milliseconds: `mono` by performance.now(), `wall` by Date.now(). */
export interface Instant {
  readonly mono: number;
  readonly wall: number;
}

let wall = 0;
let wallReadAt = 0;

/** In whole milliseconds: a client may keep thousands of moments. */
export function now(): Instant {
  return { mono: Math.floor(performance.now()), wall: Date.now() };
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
    wall = Date.now();
  }
  return Math.max(mono - since.mono, wall - since.wall) / 1000;
}
