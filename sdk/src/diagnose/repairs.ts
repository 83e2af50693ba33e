import type { Observation } from './finding.ts';
import { codePoint } from './quote.ts';

interface Repair {
  text: string;
  observation: Observation;
}

/** A test tool's or shell's marks around a token, and what is invisible. */
const invisible = '\\s\\u0000\\u00ad\\u200b-\\u200f\\u2028-\\u202e\\u2060\\ufeff';
const marks = `${invisible}"'\`\u201c\u201d\u2018\u2019\u300c\u300d<>()[\\]{},;\\\\`;
const leading = new RegExp(`^[${marks}]+`);
const isMark = new RegExp(`[${marks}]`);
const inside = new RegExp(`[${invisible}]|\\\\[nrt]`, 'g');
const headerName = '(?:(?:(?:proxy-|x-serverless-)?authorization)\\s{0,4}[:=]\\s{0,4})?';
const scheme = new RegExp(`^${headerName}(?:bearer|jwt)(?:[\\s:+=]+|(?=eyJ))`, 'i');
const schemeAlone = new RegExp(`^${headerName}bearer:?$`, 'i');
const embedded = /(?<![\w.-])eyJ[\w-]+\.[\w-]+\.[\w-]+(?![\w.*!~$%+/=-])/;
const percentTriplet = /%[0-9a-fA-F]{2}/g;
const maximalRounds = 8;

/**
 * Takes off what does not belong to a token, until nothing changes: percent-encoding, the scheme of an
 * Authorization header, quotes and white space. Answers the rest and one observation for each kind.
 */
export function repairToken(raw: string): { text: string; observations: Observation[] } {
  const found = new Map<string, Observation>();
  let text = raw;
  let decodings = 0;
  for (let round = 0; round < maximalRounds; round++) {
    const repair = firstRepair(text);
    if (repair === undefined) break;
    text = repair.text;
    const { code } = repair.observation;
    if (code === 'url_encoded') decodings++;
    if (!found.has(code)) found.set(code, repair.observation);
  }
  const encoded = found.get('url_encoded');
  if (encoded !== undefined && decodings > 1) {
    found.set('url_encoded', { ...encoded, reason: 'more_than_once', actual: `${decodings} ×` });
  }
  return { text, observations: [...found.values()] };
}

function firstRepair(text: string): Repair | undefined {
  return (
    undoPercentEncoding(text) ??
    takeOffMarks(text) ??
    takeOffScheme(text) ??
    takeOutOfText(text) ??
    takeOutBlanks(text)
  );
}

function undoPercentEncoding(text: string): Repair | undefined {
  const decoded = text.replace(percentTriplet, (triplet) =>
    String.fromCharCode(Number.parseInt(triplet.slice(1), 16)),
  );
  if (decoded === text) return undefined;
  return { text: decoded, observation: { code: 'url_encoded', actual: '1 ×', repaired: true } };
}

function takeOffScheme(text: string): Repair | undefined {
  const observation: Observation = { code: 'bearer_prefix', repaired: true };
  if (text.length < 64 && schemeAlone.test(text)) return { text: '', observation };
  const prefix = scheme.exec(text)?.[0];
  if (prefix === undefined) return undefined;
  return { text: text.slice(prefix.length), observation: { ...observation, actual: prefix.trim() } };
}

function takeOffMarks(text: string): Repair | undefined {
  const start = leading.exec(text)?.[0].length ?? 0;
  let end = text.length;
  while (end > start && isMark.test(text.charAt(end - 1))) end--;
  if (start === 0 && end === text.length) return undefined;
  const removed = text.slice(0, start) + text.slice(end);
  return { text: text.slice(start, end), observation: surrounding(removed, 'around') };
}

/** A log line, a URL or a command with a whole token in it; where it begins with the token, it is a wrapped one. */
function takeOutOfText(text: string): Repair | undefined {
  const found = embedded.exec(text);
  if (found === null || found.index === 0) return undefined;
  const observation: Observation = { code: 'surrounding_characters', reason: 'embedded', repaired: true };
  return { text: found[0], observation };
}

function takeOutBlanks(text: string): Repair | undefined {
  const removed = text.match(inside);
  if (removed === null || !text.includes('.')) return undefined;
  return { text: text.replace(inside, ''), observation: surrounding(removed.join(''), 'inside') };
}

function surrounding(removed: string, reason: 'around' | 'inside'): Observation {
  const distinct = [...new Set(removed)].slice(0, 4).map(codePoint);
  return { code: 'surrounding_characters', reason, actual: distinct.join(' '), repaired: true };
}
