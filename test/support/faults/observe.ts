import type { Fault } from './matrix.ts';

/** A request that takes longer is given up as one without an answer, in milliseconds. */
export const patienceMs = 40_000;

/** What a request met, in the words of the matrix. */
export interface Observation {
  /** `503 signer_unavailable, Retry-After 2`, or what else came. */
  what: string;
  /** All that the caller could read, and the function's log. */
  text: string;
  milliseconds: number;
}

export const atTheDeadline = 'at the deadline';

/**
 * When the answer came: how often the dependency was asked for it, or that only the deadline ended the waiting. An
 * answer may be late where `leftMs` says what time there was; elsewhere a slow machine makes none late.
 */
export function describeWhen(
  { what, milliseconds }: Observation,
  { fault, met, leftMs }: { fault: Fault; met: number; leftMs: number | undefined },
): string {
  if (leftMs !== undefined && milliseconds >= leftMs * 0.8) return atTheDeadline;
  // Who is refused is not seen to ask.
  if (fault === 'refused' && !what.startsWith('20')) return 'no connection';
  if (met === 0) return 'not asked';
  return met === 1 ? '1 try' : `${met} tries`;
}
