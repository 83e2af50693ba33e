import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { findRuntimeNode, runsOn } from '../../../tools/build/runtime-node.ts';

const root = mkdtempSync(join(tmpdir(), 'runtime-node-'));

afterAll(() => rmSync(root, { recursive: true }));

/** A folder with a `node` that tells this version. */
function folderOf(name: string, version: string, mode = 0o755): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'node'), `#!/bin/sh\necho ${version}\n`);
  chmodSync(join(folder, 'node'), mode);
  return folder;
}

const ofPackages = folderOf('app/node_modules/.bin', 'v24.21.0');
const ofParent = folderOf('node_modules/.bin', 'v24.20.0');

test('the installed node is found behind those that npm puts before it', () => {
  const unusable = folderOf('text', 'v1.0.0', 0o644);
  const installed = folderOf('usr/bin', 'v24.9.0');
  const path = [ofPackages, ofParent, '', unusable, join(root, 'nowhere'), installed].join(delimiter);
  expect(findRuntimeNode(path)).toEqual({ path: join(installed, 'node'), version: 'v24.9.0' });
});

test('where none is installed it is the one that runs', () => {
  const running = { path: process.execPath, version: process.version };
  expect(findRuntimeNode(ofPackages)).toEqual(running);
});

test.each([
  ['v20.20.2', false],
  ['v22.0.0', true],
  ['v24.21.0', true],
])('%s runs what needs >=22: %s', (version, expected) => {
  expect(runsOn({ path: '', version }, '>=22')).toBe(expected);
});
