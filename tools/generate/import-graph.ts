import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Every import of a source file by its relative path, type imports included: from file -> to files, repository paths. */
export type ImportGraph = Map<string, string[]>;

const specifiers = /(?:from|import)\s*(?:\(\s*)?['"](\.{1,2}\/[^'"]+)['"]/g;

/** Reads the imports of all TypeScript under these folders. */
export function readImports(...folders: string[]): ImportGraph {
  const files = folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.m?[jt]s$/.test(name) && !name.includes('node_modules') && !name.includes('dist/'))
      .map((name) => join(folder, name)),
  );
  return new Map(files.map((file) => [file, importsOf(file)]));
}

function importsOf(file: string): string[] {
  // A template begins what a file generates, not what it imports.
  const text = readFileSync(join(root, file), 'utf8').replaceAll(/`[^`]*`/g, '');
  return [...text.matchAll(specifiers)].map(([, specifier = '']) =>
    relative(root, resolve(root, dirname(file), specifier)),
  );
}
