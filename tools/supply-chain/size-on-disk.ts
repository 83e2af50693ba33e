import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The bytes of a package's own files as installed: what lies in its node_modules is other packages'. */
export function sizeOnDisk(folder: string): number {
  let bytes = 0;
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isFile()) bytes += lstatSync(join(root, path)).size;
    else if (entry.isDirectory() && entry.name !== 'node_modules') bytes += sizeOnDisk(path);
  }
  return bytes;
}
