import { createHash } from 'node:crypto';

/** What a secret's annotations say of one batch: that some instance works on it, or that it is finished. */
export interface Note {
  state: 'busy' | 'done';
  /** The batch's items, so that the same requestId with others is told apart. */
  digest: string;
  /** Number of the version with the result; 0 while there is none. */
  version: number;
  /** Until when the note counts, a NumericDate. */
  until: number;
}

type Annotations = Readonly<Record<string, string>>;

const prefix = 'countersign-';
/** Secret Manager allows less than 16 KiB of annotations in all; this leaves the secret's owner some. */
const maxBytes = 15 * 1024;

/** The annotation of a batch: by its topic and requestId, in a form that any annotation may have. */
export function noteName(...parts: string[]): string {
  const hash = createHash('sha256').update(parts.join('\n')).digest('hex');
  return `${prefix}${hash.slice(0, 32)}`;
}

/** The note of this name, where there is one that still counts at `now`. */
export function readNote(annotations: Annotations, name: string, now: number): Note | undefined {
  const note = parseNote(annotations[name]);
  return note !== undefined && now <= note.until ? note : undefined;
}

/**
 * The annotations with this note, without those that count no more. Where there is no room the notes that count
 * shortest go: a repeat of such a batch is signed again, and its result is not the effective one.
 */
export function withNote(
  annotations: Annotations,
  name: string,
  note: Note | undefined,
  now: number,
): Annotations {
  const others = Object.entries(annotations).filter(([each]) => each !== name);
  const foreign = others.filter(([each]) => !each.startsWith(prefix));
  const ours = others
    .map(([each, value]) => ({ each, value, until: parseNote(value)?.until ?? 0 }))
    .filter(({ each, until }) => each.startsWith(prefix) && now <= until)
    .sort((a, b) => b.until - a.until);
  const kept: [string, string][] = note === undefined ? [] : [[name, formatNote(note)]];
  for (const { each, value } of ours) {
    const entry: [string, string] = [each, value];
    if (sizeOf([...foreign, ...kept, entry]) >= maxBytes) break;
    kept.push(entry);
  }
  return Object.fromEntries([...foreign, ...kept]);
}

function formatNote({ state, version, digest, until }: Note): string {
  return [state, version, digest, until].join(' ');
}

function parseNote(value: string | undefined): Note | undefined {
  const [, state, version, digest = '', until] =
    /^(busy|done) (\d{1,10}) ([\w-]{16}) (\d{1,11})$/.exec(value ?? '') ?? [];
  if (state === undefined) return undefined;
  return { state: state as Note['state'], version: Number(version), digest, until: Number(until) };
}

function sizeOf(entries: [string, string][]): number {
  return entries.flat().reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}
