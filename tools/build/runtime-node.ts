import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join, sep } from 'node:path';

/** A Node on this machine: where it is, and its version as `process.version` has it. */
export interface RuntimeNode {
  path: string;
  version: string;
}

const ofPackages = `node_modules${sep}.bin`;

/**
 * The Node that is installed here, which in a build of Cloud Functions is the one that the function will run on: npm
 * puts the devDependency `node` before it on the PATH. Where there is none, the one that runs this.
 */
export function findRuntimeNode(path: string): RuntimeNode {
  const installed = path
    .split(delimiter)
    .filter((folder) => folder !== '' && !folder.endsWith(ofPackages))
    .map((folder) => join(folder, 'node'))
    .find(isExecutable);
  if (installed === undefined) return { path: process.execPath, version: process.version };
  return { path: installed, version: execFileSync(installed, ['--version'], { encoding: 'utf8' }).trim() };
}

/** Whether the Node is as new as `engines` of a manifest demands, such as `>=22`. */
export function runsOn({ version }: RuntimeNode, engines: string): boolean {
  const [major] = /\d+/.exec(version) ?? [];
  const [least] = /\d+/.exec(engines) ?? [];
  return Number(major) >= Number(least);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
