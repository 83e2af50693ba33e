/** A moment on both clocks, in milliseconds: `mono` by performance.now(), `wall` by Date.now(). */
export interface Instant {
  readonly mono: number;
  readonly wall: number;
}

let wall = 0;
let burstBegan = 0;
let reads = 0;

export function now(): Instant {
  reads = 0;
  return { mono: performance.now(), wall: Date.now() };
}

/**
 * Milliseconds since the moment by the clock that says more: the monotonic one stands still while the machine
 * sleeps, the wall clock may be set back.
 *
 * Reading two clocks is most of what a cached token costs. So after 64 reads within one millisecond of running
 * time the wall clock is read at every sixteenth only; a machine that fell asleep in that millisecond could as
 * well have done so between this answer and its use.
 */
export function elapsedMs(since: Instant): number {
  const mono = performance.now();
  if (mono - burstBegan > 1) {
    burstBegan = mono;
    reads = 0;
  }
  if (++reads < 64 || reads % 16 === 0) wall = Date.now();
  return Math.max(mono - since.mono, wall - since.wall);
}
