import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { root, run } from '../../support/packed-sdk.ts';

/** A repository of the SDK's manifest and changesets, as the root holds them: two manifests and no workspaces. */
async function copyRepository(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'countersign-changesets-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await mkdir(join(folder, 'sdk'));
  for (const path of ['package.json', 'sdk/package.json', 'sdk/.changeset']) {
    await cp(join(root, path), join(folder, path), { recursive: true });
  }
  return folder;
}

const changeset = (folder: string, ...args: string[]) =>
  run(join(folder, 'sdk'), join(root, 'node_modules/.bin/changeset'), ...args);

test('a change that is described raises the SDK’s version, and stands in its changelog', async () => {
  const folder = await copyRepository();
  const manifest = join(folder, 'sdk/package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8'));
  const [major, minor] = version.split('.').map(Number);
  await writeFile(
    join(folder, 'sdk/.changeset/kind-words.md'),
    '---\n"countersign": minor\n---\n\n`stats()` counts aborted calls.\n',
  );
  await run(folder, 'git', 'init', '--quiet', '--initial-branch=main');
  await run(folder, 'git', 'add', '.');
  const author = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com'];
  await run(folder, 'git', ...author, 'commit', '--quiet', '--message', 'One change');

  expect(await changeset(folder, 'status')).toMatch(/minor\n.*countersign/);
  await changeset(folder, 'version');

  expect(JSON.parse(await readFile(manifest, 'utf8')).version).toBe(`${major}.${minor + 1}.0`);
  expect(await readFile(join(folder, 'sdk/CHANGELOG.md'), 'utf8')).toContain(
    '`stats()` counts aborted calls.',
  );
  expect(await readdir(join(folder, 'sdk/.changeset'))).not.toContain('kind-words.md');
  expect(JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')).version).toBe(
    JSON.parse(await readFile(join(root, 'package.json'), 'utf8')).version,
  );
});
