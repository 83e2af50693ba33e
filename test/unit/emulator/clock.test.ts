import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Clock } from '../../../emulator/cloud/clock.ts';

const real = Date.parse('2026-06-01T00:00:00Z');

beforeEach(() => {
  vi.useFakeTimers({ now: real });
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the clock', () => {
  it("is the machine's until it is changed, and after a reset", () => {
    const clock = new Clock();
    expect(clock.nowMs()).toBe(real);
    clock.change({ offsetSeconds: 60, frozen: true });
    clock.reset();
    expect(clock.state()).toEqual({ time: '2026-06-01T00:00:00.000Z', offsetSeconds: 0, frozen: false });
  });

  it('runs on from where it was put', () => {
    const clock = new Clock();
    clock.change({ time: '2020-01-01T00:00:00Z', advanceSeconds: 5 });
    vi.advanceTimersByTime(1500);
    expect(clock.state().time).toBe('2020-01-01T00:00:06.500Z');
    expect(clock.now()).toBe(Date.parse('2020-01-01T00:00:06Z') / 1000);
  });

  it('stands still while it is frozen, and goes on from there', () => {
    const clock = new Clock();
    clock.change({ frozen: true });
    vi.advanceTimersByTime(5000);
    clock.change({ advanceSeconds: 1 });
    expect(clock.nowMs()).toBe(real + 1000);
    clock.change({ frozen: false });
    vi.advanceTimersByTime(1000);
    expect(clock.nowMs()).toBe(real + 2000);
  });

  it('stays where it is when a change is refused', () => {
    const clock = new Clock();
    expect(() => clock.change({ time: '2020-13-01' })).toThrow(
      'clock: 2020-13-01 is no time from 1970 to 9999',
    );
    expect(clock.nowMs()).toBe(real);
  });
});
