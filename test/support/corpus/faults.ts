import type { FindingCode } from '../../../sdk/src/diagnose/finding.ts';
import { claimFaults } from './claim-faults.ts';
import { keyFaults } from './key-faults.ts';
import { shapeFaults } from './shape-faults.ts';
import type { Specimen } from './specimen.ts';

/** One fault, the code that must be the root cause where it is alone, and what it touches. */
export interface Fault {
  name: string;
  code: FindingCode;
  /** Faults that touch the same thing cannot both be seen in one token. */
  touches: readonly string[];
  /** Nothing can be told of the rest. */
  terminal?: boolean;
  apply(specimen: Specimen): void;
}

export const faults: readonly Fault[] = [...shapeFaults, ...keyFaults, ...claimFaults];

/** All pairs of faults that one token can show at once. */
export function faultPairs(): [Fault, Fault][] {
  return faults.flatMap((first, index) =>
    faults
      .slice(index + 1)
      .filter((second) => canJoin(first, second))
      .map((second): [Fault, Fault] => [first, second]),
  );
}

function canJoin(first: Fault, second: Fault): boolean {
  if (first.terminal === true || second.terminal === true) return false;
  return !isTouched(first, second) && !isTouched(second, first);
}

function isTouched(fault: Fault, other: Fault): boolean {
  return fault.touches.some(
    (thing) =>
      other.touches.includes(thing) ||
      (thing === 'claims' && other.touches.some((name) => name.startsWith('claim '))),
  );
}
