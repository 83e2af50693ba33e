import type { ProblemFault } from '../contract/generated/types.ts';

const maxQuoted = 64;
const maxPointer = 160;

/** One fault of a request: where it is, what was found there, what was expected, and how to mend it. */
export function fault(pointer: string, actual: unknown, expected: string, hint: string): ProblemFault {
  return { pointer: cut(pointer), actual: quote(actual), expected, hint };
}

/** A value as an answer may quote it: scalars as JSON, at most 64 characters; objects and arrays by size only. */
export function quote(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === 'object' && value !== null) return `an object of ${Object.keys(value).length} members`;
  const text = JSON.stringify(value);
  return text.length <= maxQuoted ? text : `${text.slice(0, maxQuoted - 1)}…`;
}

/** A pointer no longer than an answer may be made by the names that somebody sends. */
function cut(pointer: string): string {
  return pointer.length <= maxPointer ? pointer : `${pointer.slice(0, maxPointer - 1)}…`;
}

/** The JSON Pointer (RFC 6901) to the member `name` of what `parent` points to. */
export function pointerTo(parent: string, name: string | number): string {
  return cut(`${parent}/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`);
}
