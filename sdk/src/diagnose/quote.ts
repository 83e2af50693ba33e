import type { Quoted } from './finding.ts';
import { unprintable } from './unprintable.ts';

const quoteLimit = 64;
/** In at most 65 characters, which is all that it is held against. */
const tokenLike = /eyJ[\w-]{0,64}\.[\w-]*/;

/** The value of a claim or header parameter as a finding may show it: at most 64 characters, no token in it. */
export function quote(value: unknown): Quoted {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value === 'string') return quoteText(value);
  if (typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return quoteList(value);
  return '{…}';
}

/** Several values as one, for an `aud` array or a list of what is expected. */
export function quoteList(values: readonly unknown[]): string {
  const shown: string[] = [];
  for (const value of values.slice(0, 8)) {
    shown.push(typeof value === 'object' && value !== null ? '…' : String(quote(value)));
  }
  return cut(values.length > 8 ? `${shown.join(', ')}, …` : shown.join(', '));
}

/** A string claim with unprintable characters spelled out. */
export function quoteText(text: string): string {
  const head = text.slice(0, quoteLimit + 1);
  if (tokenLike.test(head)) return '(a token)';
  return cut(head.replace(unprintable, (character) => codePoint(character)));
}

/** `U+0022` and the like: a character named without being printed. */
export function codePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
}

function cut(text: string): string {
  return text.length > quoteLimit ? `${text.slice(0, quoteLimit - 1)}…` : text;
}
