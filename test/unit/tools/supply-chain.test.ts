import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findStrangers } from '../../../tools/supply-chain/find-strangers.ts';
import {
  closureOf,
  type LockedPackage,
  type LockFile,
  readLock,
  readManifest,
} from '../../../tools/supply-chain/lock-file.ts';
import { readRules } from '../../../tools/supply-chain/rules.ts';
import { buildSbom, listComponents } from '../../../tools/supply-chain/sbom.ts';
import { root } from '../../support/imports.ts';

const lock = readLock();
const manifest = readManifest('package.json');
const sdk = readManifest('sdk/package.json');
const rules = readRules();
const production = closureOf(lock, Object.keys(manifest.dependencies));

/** The lock file with one package changed, or one more. */
const locked = (folder: string, change: Partial<LockedPackage>): LockFile => ({
  ...lock,
  [folder]: { version: '1.0.0', integrity: 'sha512-', license: 'MIT', ...lock[folder], ...change },
});

test('the production tree is the one that npm sees', () => {
  const args = ['ls', '--omit=dev', '--all', '--parseable', '--package-lock-only'];
  const output = execFileSync('npm', args, {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const folders = output.trim().split('\n').slice(1);
  expect(production).toEqual(folders.map((path) => relative(root, path)).sort());
});

describe('npm run check:supply', () => {
  test('finds nothing unknown', () => {
    expect(findStrangers(lock, manifest, rules)).toEqual([]);
  });

  test.each([
    [
      'a licence that is not on the list',
      'node_modules/ms',
      { license: 'GPL-3.0-only' },
      /^ms \S+ has GPL-3/,
    ],
    [
      'a package deep in the tree without a licence',
      'node_modules/ms',
      { license: '' },
      /^ms \S+ has no licence;/,
    ],
    [
      'a choice of licences that nobody has looked at',
      'node_modules/jose',
      { license: '(MIT OR Proprietary)' },
      /^jose \S+ has \(MIT OR Proprietary\)/,
    ],
    [
      'an install script in the production tree',
      'node_modules/ms',
      { hasInstallScript: true },
      /^ms has an install script: read it/,
    ],
    [
      'an install script of a development dependency, and a nested one too',
      'node_modules/vitest/node_modules/sneaked',
      { hasInstallScript: true },
      /^sneaked has an install script: allow or refuse it/,
    ],
    ['a package without a hash', 'node_modules/other', { integrity: '' }, /^other 1\.0\.0 has no integrity/],
  ])('refuses %s', (_, folder, change, sentence) => {
    const strangers = findStrangers(locked(folder, change), manifest, rules);
    expect(strangers).toContainEqual(expect.stringMatching(sentence));
  });

  test('refuses a dependency without a reason', () => {
    const more = { ...manifest, dependencies: { ...manifest.dependencies, ms: '2.1.3' } };
    expect(findStrangers(lock, more, rules)).toEqual([
      expect.stringMatching(/^ms is a production dependency/),
    ]);
  });

  test('refuses to allow the install script of a package that ships', () => {
    const lax = { ...manifest, allowScripts: { ...manifest.allowScripts, ms: true } };
    const read = { ...rules, installScripts: { ...rules.installScripts, ms: 'Nothing of note.' } };
    const scripted = locked('node_modules/ms', { hasInstallScript: true });
    expect(findStrangers(scripted, lax, read)).toEqual([expect.stringMatching(/^ms ships/)]);
  });

  test('refuses rules that speak of nothing', () => {
    const idle = {
      reasons: { ...rules.reasons, express: 'It was here once.' },
      licences: [...rules.licences, 'MPL-2.0'],
      installScripts: { ...rules.installScripts, ms: 'Nothing.' },
    };
    expect(findStrangers(lock, manifest, idle)).toHaveLength(3);
  });
});

describe('the bill of materials', () => {
  const listed = listComponents();
  const bill = buildSbom(listed, manifest, production, lock);

  test('has every package that ships with its version, licence and hash, and no other', () => {
    const names = production.map(
      (folder) => `${folder.split('node_modules/').at(-1)}@${lock[folder]?.version}`,
    );
    expect(bill.components.map((each) => each['bom-ref']).sort()).toEqual([...new Set(names)].sort());
    for (const component of bill.components) {
      expect(component).toMatchObject({ hashes: [{ alg: 'SHA-512' }], licenses: [expect.anything()] });
    }
    expect(bill.dependencies[0]?.dependsOn.map((ref) => ref.replace(/@[\d.]+$/, '')).sort()).toEqual(
      Object.keys(manifest.dependencies).sort(),
    );
  });

  test('of the SDK has jose alone', () => {
    const { metadata, components, dependencies } = buildSbom(listed, sdk, closureOf(lock, ['jose']), lock);
    expect(metadata.component).toMatchObject({ name: 'countersign', version: sdk.version });
    expect(components.map(({ name }) => name)).toEqual(['jose']);
    expect(dependencies).toHaveLength(2);
  });

  test('says nothing of where and when it was made', () => {
    const elsewhere = structuredClone(listed);
    elsewhere.metadata.component = { ...listed.metadata.component, name: 'some-folder' };
    elsewhere.metadata.timestamp = '2000-01-01T00:00:00Z';
    elsewhere.serialNumber = 'urn:uuid:00000000-0000-4000-8000-000000000000';
    expect(buildSbom(elsewhere, manifest, production, lock)).toEqual(bill);
    expect(bill.serialNumber).toMatch(/^urn:uuid:[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
  });
});

describe('the workflows', () => {
  const folder = `${root}.github/workflows/`;
  const texts = readdirSync(folder).map((name) => readFileSync(folder + name, 'utf8'));
  const uses = texts.flatMap((text) => [...text.matchAll(/\buses: *(.*)$/gm)].map(([, what = '']) => what));

  test('name each action by the commit that a version had', () => {
    expect(uses.length).toBeGreaterThan(0);
    for (const each of uses) expect(each).toMatch(/^[\w-]+\/[\w./-]+@[\da-f]{40} # v\d+\.\d+\.\d+$/);
  });

  test('name the same commit for an action everywhere', () => {
    const commits = new Map(uses.map((each) => each.split('@') as [string, string]));
    for (const each of uses)
      expect(each).toBe(`${each.split('@')[0]}@${commits.get(each.split('@')[0] ?? '')}`);
  });

  const release = readFileSync(`${folder}release.yml`, 'utf8');
  const jobs = Object.fromEntries(
    release
      .slice(release.indexOf('\njobs:\n'))
      .split(/^ {2}(?=\w+:$)/m)
      .slice(1)
      .map((job) => [job.slice(0, job.indexOf(':')), job.split('\n').map((line) => line.trim())]),
  );
  const runs = (job = '') => jobs[job]?.flatMap((line) => /^(?:- )?run: (.*)$/.exec(line)?.[1] ?? []);

  test('publish with provenance as themselves, and no stored token', () => {
    expect(runs('publish')).toEqual([
      'npm publish ./release/*.tgz --provenance --access public --ignore-scripts',
      expect.stringMatching(/^gh release create "\$GITHUB_REF_NAME" release\/\*\.cdx\.json --verify-tag /),
    ]);
    for (const text of texts) expect(text).not.toMatch(/secrets\.|NODE_AUTH_TOKEN/);
  });

  test('build what is published in a job without rights, after the tests', () => {
    expect(jobs.package).toContain('needs: test');
    expect(jobs.publish).toContain('needs: package');
    expect(runs('package')).toContain('npm run build');
    expect(runs('package')?.at(-1)).toContain('npm pack ./sdk --ignore-scripts --pack-destination release');
    const withRights = Object.keys(jobs).filter((job) => jobs[job]?.includes('permissions:'));
    expect(withRights).toEqual(['publish']);
    expect(texts.filter((text) => /: write\b/.test(text))).toEqual([release]);
    const actions = jobs.publish?.flatMap((line) => /uses: ([^@]*)/.exec(line)?.[1] ?? []);
    expect(actions).toEqual(['actions/setup-node', 'actions/download-artifact']);
  });

  test('have no more than the right to read, but for what a job says it needs', () => {
    for (const text of texts) expect(text).toMatch(/^permissions:\n {2}contents: read\n\S/m);
  });
});
