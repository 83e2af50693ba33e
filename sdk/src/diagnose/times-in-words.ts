import type { Finding, Quoted } from './finding.ts';
import { timeInWords } from './words.ts';

/** Found and expected as people read them: a NumericDate with its time in UTC beside it. */
export function timesInWords({ step, code, actual, expected }: Finding): {
  actual: Quoted;
  expected: Quoted;
} {
  if (step !== 'time' || code === 'lifetime_too_long') return { actual, expected };
  return { actual: inWords(actual), expected: inWords(expected) };
}

function inWords(value: Quoted): Quoted {
  const [, numericDate] = /^(?:[>≤] )?(\d+(?:\.\d+)?)$/.exec(String(value)) ?? [];
  if (numericDate === undefined) return value;
  return `${value} (${timeInWords(Number(numericDate)).replace('T', ' ')})`;
}
