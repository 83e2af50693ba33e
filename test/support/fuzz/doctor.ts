import { expect } from 'vitest';
import { diagnose } from '../../../sdk/src/diagnose/diagnose.ts';
import { explain } from '../../../sdk/src/diagnose/explain/explain.ts';
import { faults } from '../corpus/faults.ts';
import { goodSpecimen, renderToken } from '../corpus/specimen.ts';

/** A reproducible stream of numbers below `bound` (xorshift). */
function randomNumbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % bound;
  };
}

const pieces = [
  '.',
  '..',
  '%',
  '%2E',
  '=',
  '+',
  '/',
  ' ',
  '\n',
  '\u0000',
  '"',
  'Bearer ',
  '{',
  '}',
  'eyJ',
  'é',
  '😀',
  '\ud800',
];

/** Damages a string in one place: cuts, repeats, swaps or inserts. */
function mutate(text: string, random: (bound: number) => number): string {
  const at = random(text.length + 1);
  const length = random(12);
  const piece = pieces[random(pieces.length)] ?? '';
  switch (random(5)) {
    case 0:
      return text.slice(0, at);
    case 1:
      return text.slice(0, at) + text.slice(at + length);
    case 2:
      return text.slice(0, at) + piece + text.slice(at);
    case 3:
      return text.slice(0, at) + text.slice(at, at + length).repeat(3) + text.slice(at + length);
    default:
      return text.slice(0, at) + piece.repeat(random(40)) + text.slice(at + length);
  }
}

function randomText(random: (bound: number) => number): string {
  const length = random(400);
  return Array.from({ length }, () =>
    String.fromCharCode(random(8) === 0 ? random(65_536) : 32 + random(95)),
  ).join('');
}

/** Longest run of a token's own text that a finding may hold by chance: words of the text's own language. */
const runLength = 24;

/** Diagnoses random and mutated strings: no exception, and no text of the token in any finding. */
export async function fuzzDoctor(count: number, seed: number): Promise<void> {
  const random = randomNumbers(seed);
  const tokens = faults.slice(14).map((fault) => {
    const specimen = goodSpecimen();
    fault.apply(specimen);
    return renderToken(specimen);
  });
  const { expectations } = goodSpecimen();
  for (let round = 0; round < count; round++) {
    const token = tokens[random(tokens.length)] ?? '';
    let input = random(4) === 0 ? randomText(random) : mutate(token, random);
    for (let more = random(3); more > 0; more--) input = mutate(input, random);
    const { verdict, findings } = await diagnose(input, expectations);
    if (verdict === 'valid') expect(tokens).toContain(input);
    // Cloud Run's mark is in our own texts too, and no secret.
    expectNoTokenText(input, JSON.stringify(findings).replaceAll('SIGNATURE_REMOVED_BY_GOOGLE', ''));
    expect(Array.isArray(explain(input))).toBe(true);
  }
}

function expectNoTokenText(input: string, findings: string): void {
  const parts = input.split(/[^A-Za-z0-9_+/=-]/).filter((part) => part.length >= runLength);
  for (const part of parts) {
    for (let at = 0; at + runLength <= part.length; at += runLength) {
      expect(findings).not.toContain(part.slice(at, at + runLength));
    }
  }
}
