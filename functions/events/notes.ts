import { hash } from 'node:crypto';

/** What is noted of one batch: that some event works on it, or that it is finished. */
export type Note = BusyNote | DoneNote;

interface CountingNote {
  /** The batch's items, so that the same requestId with others is told apart. */
  digest: string;
  /** Until when the note counts, a NumericDate. */
  until: number;
}

/** The claim of the one event that works on the batch. */
export interface BusyNote extends CountingNote {
  state: 'busy';
  /** Names the event, so that none takes back the claim of another. */
  owner: string;
}

export interface DoneNote extends CountingNote {
  state: 'done';
  /** Number of the version with the result; 0 where the delivery has no versions. */
  version: number;
}

type Annotations = Readonly<Record<string, string>>;

const prefix = 'countersign-';
const ownName = /^countersign-[\da-f]{32}$/;
/** Secret Manager allows less than 16 KiB of annotations in all; this leaves the secret's owner some. */
const maxBytes = 15 * 1024;

/** The annotation of a batch: by its topic and requestId, in a form that any annotation may have. */
export function noteName(...parts: string[]): string {
  return `${prefix}${hash('sha256', parts.join('\n'), 'hex').slice(0, 32)}`;
}

/** The note of this name, where there is one that still counts at `now`. */
export function readNote(annotations: Annotations, name: string, now: number): Note | undefined {
  const note = parseNote(annotations[name]);
  return note !== undefined && now <= note.until ? note : undefined;
}

/**
 * The annotations with this note, or without it, and without those of ours that count no more; what else the secret
 * is annotated with stays. Where there is no room the finished batches whose notes count shortest go: a repeat of
 * such a batch is signed again, and its result is not the effective one.
 */
export function withNote(
  annotations: Annotations,
  name: string,
  note: Note | undefined,
  now: number,
): Annotations {
  const others = Object.entries(annotations).filter(([each]) => each !== name);
  const foreign = others.filter(([each]) => !ownName.test(each));
  const ours = others
    .filter(([each]) => ownName.test(each))
    .flatMap(([each, value]) => {
      const parsed = parseNote(value);
      return parsed !== undefined && now <= parsed.until ? [{ each, value, parsed }] : [];
    })
    .sort((a, b) => lifeOf(b.parsed) - lifeOf(a.parsed));
  const kept: [string, string][] = note === undefined ? [] : [[name, formatNote(note)]];
  for (const { each, value } of ours) {
    const entry: [string, string] = [each, value];
    if (sizeOf([...foreign, ...kept, entry]) >= maxBytes) break;
    kept.push(entry);
  }
  return Object.fromEntries([...foreign, ...kept]);
}

/** A claim counts for seconds only, and is what keeps two instances from the same batch: it goes last. */
function lifeOf({ state, until }: Note): number {
  return state === 'busy' ? Number.MAX_SAFE_INTEGER : until;
}

function formatNote(note: Note): string {
  const which = note.state === 'busy' ? note.owner : note.version;
  return [note.state, which, note.digest, note.until].join(' ');
}

function parseNote(value: string | undefined): Note | undefined {
  const [, owner, version, digest = '', until] =
    /^(?:busy ([\w-]{1,16})|done (\d{1,10})) ([\w-]{16}) (\d{1,11})$/.exec(value ?? '') ?? [];
  const counting = { digest, until: Number(until) };
  if (owner !== undefined) return { state: 'busy', owner, ...counting };
  if (version !== undefined) return { state: 'done', version: Number(version), ...counting };
  return undefined;
}

function sizeOf(entries: [string, string][]): number {
  return entries.flat().reduce((bytes, text) => bytes + Buffer.byteLength(text), 0);
}
