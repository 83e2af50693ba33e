import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCycle, readImports, root } from '../support/imports.ts';

/** The function's rooms, each with the rooms that it may import from: one way only. */
const rooms: Record<string, string[]> = {
  contract: [],
  tokens: ['contract'],
  policy: ['tokens', 'contract'],
  issuance: ['policy', 'tokens', 'contract'],
  google: ['issuance', 'tokens', 'contract'],
  http: ['issuance', 'policy', 'tokens', 'contract'],
  // What both edges do with a request is written once, in http/.
  events: ['http', 'issuance', 'policy', 'tokens', 'contract'],
};

const graph = readImports('functions', 'sdk', 'emulator', 'tools');
const arrows = [...graph].flatMap(([from, targets]) => targets.map((to) => ({ from, to })));
const crossings = (from: string, to: string) =>
  arrows.filter((arrow) => arrow.from.startsWith(from) && arrow.to.startsWith(to));

test('the picture of the imports is whole: it has every room, and each import leads to a file', () => {
  expect(crossings('functions/http', 'functions/issuance').length).toBeGreaterThan(0);
  expect(arrows.filter(({ to }) => !existsSync(join(root, to)))).toEqual([]);
});

test.each(Object.entries(rooms))('functions/%s imports from %j alone', (room, allowed) => {
  const outward = arrows.filter(
    ({ from, to }) =>
      from.startsWith(`functions/${room}/`) &&
      !to.startsWith(`functions/${room}/`) &&
      !allowed.some((each) => to.startsWith(`functions/${each}/`)),
  );
  expect(outward).toEqual([]);
});

test('every folder of the function is a room of these', () => {
  const folders = readdirSync(join(root, 'functions'), { withFileTypes: true }).filter((each) =>
    each.isDirectory(),
  );
  expect(folders.map(({ name }) => name).filter((name) => !(name in rooms))).toEqual([]);
});

test.each([
  ['functions/', 'sdk/'],
  ['sdk/', 'functions/'],
  ['functions/', 'emulator/'],
  ['emulator/', 'functions/'],
  ['sdk/', 'emulator/'],
  ['functions/', 'tools/'],
  ['sdk/', 'tools/'],
  ['emulator/', 'tools/'],
])('%s does not import from %s', (from, to) => {
  expect(crossings(from, to)).toEqual([]);
});

test('no import leads around in a circle', () => {
  expect(findCycle(graph)).toBeUndefined();
});

test('a circle would be found', () => {
  const circular = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b']],
  ]);
  expect(findCycle(circular)).toEqual(['b', 'c', 'b']);
});

test('the settings are read in functions/config.ts and nowhere else in the function', async () => {
  const { readFile } = await import('node:fs/promises');
  const readers = [];
  for (const file of graph.keys()) {
    if (!file.startsWith('functions/')) continue;
    if ((await readFile(join(root, file), 'utf8')).includes('process.env')) readers.push(file);
  }
  expect(readers).toEqual(['functions/config.ts']);
});
