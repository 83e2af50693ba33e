import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** What `.gcloudignore` lets through: all that the functions are built from. */
export const functionSources = [
  'package.json',
  'package-lock.json',
  'LICENSE',
  'functions',
  'test/runtimes',
  'tools/build',
];
/** What the prober is bundled from. */
export const probeSources = ['package-lock.json', 'sdk/src', 'tools/deploy/build-probe.ts'];

/** Digest of the files at or under these paths, in the repository at `root`. */
export function digestSources(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesIn(root, path))) {
    hash.update(`${file}\0`).update(
      createHash('sha256')
        .update(readFileSync(join(root, file)))
        .digest(),
    );
  }
  return hash.digest('hex');
}

/** The files at or under a path, in an order of their own and by the names that a shell would give them. */
export function filesIn(root: string, path: string): string[] {
  if (statSync(join(root, path)).isFile()) return [path];
  return readdirSync(join(root, path))
    .filter((name) => name !== 'node_modules')
    .sort()
    .flatMap((name) => filesIn(root, `${path}/${name}`));
}
