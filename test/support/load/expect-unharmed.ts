import { expect } from 'vitest';
import { countWrong, type LoadReport } from './run-load.ts';

/** No error where nothing was at fault, the right code where something was, nothing late, no token in a wrong place. */
export function expectUnharmed({ warm, fresh, faulty, leaks }: LoadReport): void {
  for (const outcome of [warm, fresh]) expect([...outcome.answers.keys()]).toEqual(['token']);
  for (const { errors, late, wrongTokens } of [warm, fresh, ...faulty.map(({ outcome }) => outcome)]) {
    expect({ errors, late, wrongTokens }).toEqual({ errors: [], late: 0, wrongTokens: 0 });
  }
  for (const each of faulty) {
    const { kind, injected, outcome } = each;
    expect(injected, `${kind.name}: none was met`).toBeGreaterThan(0);
    expect(countWrong(each), `${kind.name}: ${[...outcome.answers.keys()]}`).toBe(0);
    // A fault that the function does not try again after is one caller's answer, and no other's.
    if (!kind.isRetried) expect(outcome.answers.get(kind.code), kind.name).toBe(injected);
  }
  expect(leaks).toBe(0);
}
