import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { root } from './imports.ts';

/** A new folder that holds what Cloud Functions would run: uploaded, built, and with production dependencies only. */
export function deployToFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'deployed-'));
  uploadTo(folder);
  buildIn(folder);
  return folder;
}

/** Copies what `gcloud functions deploy --source .` would upload: .gcloudignore has the syntax of .gitignore. */
function uploadTo(folder: string): void {
  const git = (args: string[], input?: string) =>
    spawnSync('git', args, { cwd: root, encoding: 'utf8', input }).stdout.trim().split('\n');
  const files = git(['ls-files', '--cached', '--others', '--exclude-standard']);
  const asked = ['-c', 'core.excludesFile=.gcloudignore', 'check-ignore', '--no-index', '--stdin'];
  const ignored = new Set(git(asked, files.join('\n')));
  for (const file of files.filter((name) => !ignored.has(name))) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    cpSync(join(root, file), join(folder, file));
  }
}

/** As the buildpack does: all dependencies, `gcp-build`, and then production dependencies only. */
function buildIn(folder: string): void {
  const modules = join(folder, 'node_modules');
  installProduction(folder);
  const added = linkDevelopment(modules);
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const [command, ...args] = scripts['gcp-build'].split(' ');
  if (command !== 'node') throw new Error(`gcp-build begins with ${command}: run it here as npm would.`);
  // The Node that the tests run is the one installed in the buildpack's image, as far as the build can tell.
  const PATH = [dirname(process.execPath), process.env.PATH].join(delimiter);
  const said = execFileSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, PATH },
  });
  if (!said.includes(`Compile cache made for Node ${process.version} `))
    throw new Error(`gcp-build made no compile cache for Node ${process.version}; it says: ${said}`);
  for (const link of added) rmSync(link);
}

/** Real copies, since Node tells modules and what it compiled of them by their real paths. */
function installProduction(folder: string): void {
  const modules = join(folder, 'node_modules');
  const production = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  for (const path of production.trim().split('\n').slice(1)) {
    cpSync(path, join(folder, relative(root, path)), { recursive: true });
  }
  mkdirSync(join(modules, '.bin'), { recursive: true });
  symlinkSync(
    '../@google-cloud/functions-framework/build/src/main.js',
    join(modules, '.bin/functions-framework'),
  );
}

/** Links to the packages that are not there yet, which are those for development; answers the links. */
function linkDevelopment(modules: string): string[] {
  const source = join(root, 'node_modules');
  const names = readdirSync(source).flatMap((name) =>
    name.startsWith('@') ? readdirSync(join(source, name)).map((each) => join(name, each)) : [name],
  );
  const missing = names.filter((name) => !name.startsWith('.') && !existsSync(join(modules, name)));
  for (const name of missing) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(join(source, name), join(modules, name));
  }
  return missing.map((name) => join(modules, name));
}
