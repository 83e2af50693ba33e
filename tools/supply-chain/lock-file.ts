import { readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** What package-lock.json says of one installed package. */
export interface LockedPackage {
  version: string;
  license?: string;
  integrity?: string;
  hasInstallScript?: boolean;
  /** Of a package that lies in the repository. */
  link?: boolean;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
}

/** By the folder it is installed in, such as `node_modules/ajv`. */
export type LockFile = Record<string, LockedPackage>;

export interface Manifest {
  name: string;
  version: string;
  description: string;
  dependencies: Record<string, string>;
  allowScripts?: Record<string, boolean>;
}

const readJson = (path: string) => JSON.parse(readFileSync(new URL(path, root), 'utf8'));

export const readLock = (): LockFile => readJson('package-lock.json').packages;
export const readManifest = (path: 'package.json' | 'sdk/package.json'): Manifest => readJson(path);

/** The name of the package in this folder. */
export const nameOf = (folder: string): string => folder.slice(folder.lastIndexOf('node_modules/') + 13);

/** The folder that Node finds a package in, seen from another's; undefined where it is not installed. */
function resolve(lock: LockFile, from: string, name: string): string | undefined {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
    const candidate = `${folder === '' ? '' : `${folder}/`}node_modules/${name}`;
    if (lock[candidate] !== undefined) return candidate;
    if (folder === '') return undefined;
  }
}

/** The folders of these packages and of everything that they draw in, sorted. */
export function closureOf(lock: LockFile, names: readonly string[]): string[] {
  const found = new Set<string>();
  const add = (from: string, name: string) => {
    const folder = resolve(lock, from, name);
    if (folder === undefined || found.has(folder)) return;
    found.add(folder);
    const { dependencies, optionalDependencies, peerDependencies } = lock[folder] ?? {};
    const wanted = { ...dependencies, ...optionalDependencies, ...peerDependencies };
    for (const each of Object.keys(wanted)) add(folder, each);
  };
  for (const name of names) add('', name);
  return [...found].sort();
}
