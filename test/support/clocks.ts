import { vi } from 'vitest';

/** The two clocks that a client reads, ahead of the real ones; timers and servers keep the real time. */
export interface Clocks {
  /** Time passes. */
  pass(milliseconds: number): void;
  /** The wall clock is set, or the machine slept. */
  jump(milliseconds: number): void;
}

/** Until `vi.restoreAllMocks()`. */
export function takeClocks(): Clocks {
  const realPerformanceNow = performance.now.bind(performance);
  const realDateNow = Date.now.bind(Date);
  let mono = 0;
  let wall = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => realPerformanceNow() + mono);
  vi.spyOn(Date, 'now').mockImplementation(() => realDateNow() + wall);
  return {
    pass(milliseconds) {
      mono += milliseconds;
      wall += milliseconds;
    },
    jump(milliseconds) {
      wall += milliseconds;
    },
  };
}

/** Sets the wall clock ahead, for everything in this process that asks for the date in any way; until the test file ends. */
export function jumpDate(milliseconds: number): void {
  if (!vi.isFakeTimers()) vi.useFakeTimers({ toFake: ['Date'], shouldAdvanceTime: true });
  vi.setSystemTime(Date.now() + milliseconds);
}
