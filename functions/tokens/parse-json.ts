import type { ProblemFault } from '../contract/generated/types.ts';
import { fault, pointerTo, quote } from './fault.ts';

export type JsonResult = {
  value: unknown;
  faults: ProblemFault[];
  /** There are more faults than are told, or the value nests deeper than is safe to walk. */
  isCutShort?: boolean;
};

/** What a claim request may have, over HTTP and in a batch. */
export const maxRequestBytes = 64 * 1024;
/** How deep an input may nest; a claims set that verifiers read needs far less. */
const maxDepth = 16;
/** Of one input no more faults than this are told, whatever is sent. */
const maxFaults = 100;

/**
 * Parses JSON (RFC 8259) and reports what `JSON.parse` lets pass: a member named twice, of which two readers may
 * each take another, and nesting past 16 levels. A syntax error is a fault at the root.
 */
export function parseJson(text: string): JsonResult {
  try {
    const value: unknown = JSON.parse(text);
    return { value, ...findStructuralFaults(text) };
  } catch (error) {
    return { value: undefined, faults: [syntaxFault(text, error)] };
  }
}

function syntaxFault(text: string, error: unknown): ProblemFault {
  const { message } = error as SyntaxError;
  const [, position] = /position (\d+)/.exec(message) ?? [];
  const place = position === undefined ? '' : ` at position ${position}`;
  const end = message.includes('end of JSON input') ? ' at its end' : place;
  const found = text.length === 0 ? 'nothing' : `a syntax error${end}`;
  return {
    ...fault('', undefined, 'JSON (RFC 8259)', 'Mend the syntax, and send one JSON value.'),
    actual: found,
  };
}

/** One object or array that is open at the place that is read. */
interface Frame {
  pointer: string;
  names: Set<string> | undefined;
  awaitsName: boolean;
  member: string | number;
}

const lexemes = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|-?\d[\d.eE+-]*/g;

/** Expects text that JSON.parse accepts, so that strings and punctuation are all there is to look at. */
function findStructuralFaults(text: string): Omit<JsonResult, 'value'> {
  const faults: ProblemFault[] = [];
  const open: Frame[] = [];
  for (const [lexeme] of text.matchAll(lexemes)) {
    if (faults.length > maxFaults) return { faults: faults.slice(0, maxFaults), isCutShort: true };
    const frame = open.at(-1);
    if (lexeme === '{' || lexeme === '[') {
      if (open.length === maxDepth) {
        return { faults: [...faults, depthFault(open)].slice(-maxFaults), isCutShort: true };
      }
      open.push(openFrame(frame, lexeme === '{'));
    } else if (lexeme === '}' || lexeme === ']') {
      open.pop();
    } else if (frame === undefined) {
      break;
    } else if (lexeme === ',') {
      if (typeof frame.member === 'number') frame.member += 1;
      frame.awaitsName = frame.names !== undefined;
    } else if (frame.awaitsName && frame.names) {
      const name: string = JSON.parse(lexeme);
      if (name === '__proto__') faults.push(prototypeFault(frame));
      else if (frame.names.has(name)) faults.push(duplicateFault(frame, name));
      frame.names.add(name);
      frame.member = name;
      frame.awaitsName = false;
    } else if (!lexeme.startsWith('"') && lexeme !== ':' && !isExact(lexeme)) {
      faults.push(numberFault(frame, lexeme));
    }
  }
  return { faults };
}

/** Whether a number of JSON's is one that JavaScript holds as it is written. */
function isExact(lexeme: string): boolean {
  const digitsOf = (text: string) =>
    text
      .replace(/e.*/i, '')
      .replaceAll(/[-.]/g, '')
      .replaceAll(/^0+|(?<!0)0+$/g, '');
  const value = Number(lexeme);
  const digits = digitsOf(lexeme);
  // Fifteen digits always come back as they went in.
  return Number.isFinite(value) && (digits.length <= 15 || digits === digitsOf(String(value)));
}

function openFrame(parent: Frame | undefined, isObject: boolean): Frame {
  const pointer = parent === undefined ? '' : pointerTo(parent.pointer, parent.member);
  return isObject
    ? { pointer, names: new Set(), awaitsName: true, member: '' }
    : { pointer, names: undefined, awaitsName: false, member: 0 };
}

function depthFault(open: Frame[]): ProblemFault {
  const pointer = open[2]?.pointer ?? '';
  const expected = `at most ${maxDepth} levels of nesting`;
  return { ...fault(pointer, undefined, expected, 'Flatten it.'), actual: 'deeper nesting' };
}

function duplicateFault(frame: Frame, name: string): ProblemFault {
  const pointer = pointerTo(frame.pointer, name);
  const hint = 'Give each member once: of two, readers disagree on which counts.';
  return { ...fault(pointer, undefined, 'one member of this name', hint), actual: `${quote(name)} again` };
}

function prototypeFault(frame: Frame): ProblemFault {
  const hint = 'Rename it: readers in JavaScript take it for the object’s prototype.';
  return fault(pointerTo(frame.pointer, '__proto__'), undefined, 'no such member', hint);
}

function numberFault(frame: Frame, lexeme: string): ProblemFault {
  const pointer = pointerTo(frame.pointer, frame.member);
  const hint = 'It would be signed as another number; send it as a string, or with fewer digits.';
  const found = lexeme.slice(0, 64);
  return {
    ...fault(pointer, undefined, 'a number that JSON readers hold as it is written', hint),
    actual: found,
  };
}
