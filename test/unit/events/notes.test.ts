import { expect, test } from 'vitest';
import { type Note, noteName, readNote, withNote } from '../../../functions/events/notes.ts';

const now = 1_800_000_000;
const digest = 'a'.repeat(16);
const done = (until: number, version = 1): Note => ({ state: 'done', version, digest, until });
const busy = (until: number): Note => ({ state: 'busy', owner: '0a1b2c3d', digest, until });
const name = (requestId: string) => noteName('topic:projects/p/topics/t', requestId);

test.each([done(now + 5, 7), busy(now + 5)])(
  'reads what was noted as $state, as long as it counts',
  (note) => {
    const annotations = withNote({}, name('r'), note, now);
    expect(readNote(annotations, name('r'), now + 5)).toEqual(note);
    expect(readNote(annotations, name('r'), now + 6)).toBeUndefined();
    expect(readNote(annotations, name('other'), now)).toBeUndefined();
  },
);

test('leaves alone what the secret’s owner has noted, whatever it is called', () => {
  const own = { team: 'blue', 'countersign-owner': 'nobody', 'countersign-': 'x' };
  const annotations = withNote(own, name('r'), done(now + 5), now);
  expect(annotations).toMatchObject(own);
  expect(withNote(annotations, name('r'), undefined, now)).toEqual(own);
});

test('drops notes that count no more', () => {
  const annotations = withNote({}, name('old'), done(now + 5), now);
  expect(Object.keys(withNote(annotations, name('new'), done(now + 99), now + 6))).toEqual([name('new')]);
});

test('stays below 16 KiB, forgets the finished batches that count shortest first, and no claim', () => {
  let annotations: Readonly<Record<string, string>> = { team: 'x'.repeat(1000) };
  const claims = Array.from({ length: 40 }, (_each, index) => name(`busy-${index}`));
  for (const claim of claims) annotations = withNote(annotations, claim, busy(now + 55), now);
  for (let index = 0; index < 400; index += 1) {
    annotations = withNote(annotations, name(`done-${index}`), done(now + 1000 + index), now);
  }
  const bytes = Object.entries(annotations).flat().join('').length;
  expect(bytes).toBeLessThan(16 * 1024);
  expect(annotations.team).toHaveLength(1000);
  expect(claims.filter((claim) => readNote(annotations, claim, now)?.state === 'busy')).toEqual(claims);
  const kept = Array.from({ length: 400 }, (_each, index) => index).filter(
    (index) => readNote(annotations, name(`done-${index}`), now) !== undefined,
  );
  expect(kept.length).toBeGreaterThan(100);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_each, index) => 400 - kept.length + index));
});
