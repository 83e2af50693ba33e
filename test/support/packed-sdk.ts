import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

export const root = join(import.meta.dirname, '../..');

/** Runs a program and gives its standard output; a failure's message holds both outputs. */
export async function run(cwd: string, program: string, ...args: string[]): Promise<string> {
  try {
    const { stdout } = await exec(program, args, { cwd, maxBuffer: 16 * 1024 * 1024 });
    return stdout;
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout: string; stderr: string };
    throw new Error(`${message}\n${stdout}\n${stderr}`);
  }
}

export interface PackedSdk extends AsyncDisposable {
  /** The folder of a project that has the SDK installed from its tarball, and the files of test/package. */
  readonly project: string;
  readonly tarball: string;
  /** The files in the package. */
  readonly files: string[];
}

/** Builds, packs and installs the SDK as a user gets it, with nothing from the network. */
export async function installPackedSdk(): Promise<PackedSdk> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-package-'));
  const project = join(folder, 'project');
  await mkdir(project);
  // In a folder of its own: another test may build at the same time.
  const source = join(folder, 'sdk');
  const dist = join(source, 'dist');
  await run(root, 'npm', 'run', '--silent', 'build:sdk', '--', '--out-dir', dist);
  await run(root, 'npm', 'run', '--silent', 'build:page', '--', join(dist, 'page.html'));
  for (const name of ['package.json', 'README.md', 'LICENSE'])
    await cp(join(root, 'sdk', name), join(source, name));
  const packed = JSON.parse(
    await run(folder, 'npm', 'pack', '--json', source, join(root, 'node_modules/jose')),
  );
  const [sdk, jose] = packed as { filename: string; files: { path: string }[] }[];
  const manifest = {
    type: 'module',
    dependencies: { countersign: `file:../${sdk?.filename}`, jose: `file:../${jose?.filename}` },
  };
  await writeFile(join(project, 'package.json'), JSON.stringify(manifest));
  await run(project, 'npm', 'install', '--offline', '--ignore-scripts', '--no-audit', '--no-fund');
  // Peers and what the README's examples stand on: the user's own, here the repository's.
  const others = ['google-auth-library', '@types/node', '@opentelemetry/api', '@google-cloud'];
  for (const name of others) {
    await mkdir(join(project, 'node_modules', name, '..'), { recursive: true });
    await symlink(join(root, 'node_modules', name), join(project, 'node_modules', name));
  }
  const sources = join(root, 'test/package');
  for (const name of await readdir(sources)) await cp(join(sources, name), join(project, name));
  return {
    project,
    tarball: join(folder, sdk?.filename ?? ''),
    files: (sdk?.files ?? []).map(({ path }) => path).sort(),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
