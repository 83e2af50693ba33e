import type { ProblemFault } from '../contract/generated/types.ts';
import { fault, pointerTo, quote } from './fault.ts';

export type JsonResult = { value: unknown; faults: ProblemFault[] };

/** How deep an input may nest; a claims set that verifiers read needs far less. */
const maxDepth = 16;

/**
 * Parses JSON (RFC 8259) and reports what `JSON.parse` lets pass: a member named twice, of which two readers may
 * each take another, and nesting past 16 levels. A syntax error is a fault at the root.
 */
export function parseJson(text: string): JsonResult {
  try {
    return { value: JSON.parse(text), faults: findStructuralFaults(text) };
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

const lexemes = /"(?:[^"\\]+|\\.)*"|[{}[\],:]/g;

/** Expects text that JSON.parse accepts, so that strings and punctuation are all there is to look at. */
function findStructuralFaults(text: string): ProblemFault[] {
  const faults: ProblemFault[] = [];
  const open: Frame[] = [];
  for (const [lexeme] of text.matchAll(lexemes)) {
    const frame = open.at(-1);
    if (lexeme === '{' || lexeme === '[') {
      if (open.length === maxDepth) return [...faults, depthFault(open)];
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
      if (frame.names.has(name)) faults.push(duplicateFault(frame, name));
      frame.names.add(name);
      frame.member = name;
      frame.awaitsName = false;
    }
  }
  return faults;
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
