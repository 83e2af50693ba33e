import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../support/imports.ts';
import { type Block, blocksOf, pages } from '../../support/markdown.ts';

/**
 * Which test runs, or where nothing here can run it checks, each block of code that a page shows; by page, heading and
 * language. A new block has to come with its test, and a test that goes takes its line along.
 */
const heldBy: Record<string, Record<string, string>> = {
  'README.md': {
    'Countersign sh': 'test/e2e/commands.test.ts',
    'Call it from a service ts': 'test/integration/sdk/package.test.ts',
    'Call it from curl, Python or Go sh': 'test/snippets/readme.test.ts',
    'Call it from curl, Python or Go python': 'test/snippets/readme.test.ts',
    'Call it from curl, Python or Go go': 'test/snippets/readme.test.ts',
    'Locally sh': 'test/e2e/readme.test.ts',
    'Locally json': 'test/e2e/readme.test.ts',
    'Locally ts': 'test/integration/batch/local-client.test.ts',
    'Ask for a token json': 'test/integration/function/readme.test.ts',
    'Debug a token sh': 'test/integration/cli/readme.test.ts',
    'Debug a token ts': 'test/integration/sdk/package.test.ts',
    'Ask from a batch job ts': 'test/integration/batch/readme.test.ts',
    'Who may ask for what json': 'test/unit/contract.test.ts',
    'Deploy sh': 'test/e2e/deploy.test.ts',
  },
  'docs/operations.md': {
    // gcloud is not here: that it has each command and its flags is.
    'Deploy sh': 'test/unit/docs/operations-page.test.ts',
    'Change a setting sh': 'test/unit/docs/operations-page.test.ts',
    'Take it back sh': 'test/unit/docs/operations-page.test.ts',
    'Logs sh': 'test/unit/docs/operations-page.test.ts',
    'The prober sh': 'test/unit/docs/operations-page.test.ts',
    'batch-undeliverable sh': 'test/unit/docs/operations-page.test.ts',
    'probe-silent sh': 'test/unit/docs/operations-page.test.ts',
  },
  'CONTRIBUTING.md': {
    // What CI runs, and what asks questions: `changeset` itself is run by test/integration/sdk/changesets.test.ts.
    'Contributing sh': 'test/unit/docs/blocks.test.ts',
  },
  'sdk/README.md': {
    // A registry's package of this name is not this one until it is published; the packed one is installed.
    'countersign sh': 'test/integration/sdk/package.test.ts',
    'countersign ts': 'test/integration/sdk/package.test.ts',
    'Ask for more ts': 'test/integration/sdk/package.test.ts',
    'Call an API ts': 'test/integration/sdk/package.test.ts',
    'Who the client is ts': 'test/integration/sdk/package.test.ts',
    "Google's own clients ts": 'test/integration/sdk/package.test.ts',
    'ID tokens and signatures ts': 'test/integration/sdk/package.test.ts',
    'When it fails ts': 'test/integration/sdk/package.test.ts',
    'See what it does ts': 'test/integration/sdk/package.test.ts',
    'Ask for many at once ts': 'test/integration/batch/readme.test.ts',
    'When a verifier says no ts': 'test/integration/sdk/package.test.ts',
    'On the command line sh': 'test/integration/sdk/package.test.ts',
    'Test without a network ts': 'test/integration/sdk/package.test.ts',
  },
  'emulator/README.md': {
    'The local cloud sh': 'test/integration/emulator/command.test.ts',
    'The local cloud ts': 'test/integration/emulator/readme.test.ts',
  },
  'docs/policy.md': {
    'The policy sh': 'test/e2e/readme.test.ts',
    'Example: Identity-Aware Proxy json': 'test/unit/docs/policy-page.test.ts',
    'Example: Cloud Endpoints json': 'test/unit/docs/policy-page.test.ts',
    'Example: a batch topic json': 'test/unit/docs/policy-page.test.ts',
    // gcloud and GitHub are not here: that the commands, the workflow and the binding fit each other is.
    'GitHub Actions sh': 'test/unit/docs/policy-page.test.ts',
    'GitHub Actions yaml': 'test/unit/docs/policy-page.test.ts',
    'GitHub Actions json': 'test/unit/docs/policy-page.test.ts',
    'Who else can sign sh': 'test/e2e/readme.test.ts',
  },
  'docs/security.md': {
    // gcloud again: the command undoes the very grant that npm run deploy makes.
    'Taking it back sh': 'test/unit/docs/security-page.test.ts',
  },
};

const keyOf = ({ heading, language }: Block) => `${heading} ${language}`;

test.each(pages)('each block of %s has its test, and each test its block', (page) => {
  const shown = new Set(blocksOf(page).map(keyOf));
  expect([...shown].sort()).toEqual(Object.keys(heldBy[page] ?? {}).sort());
});

test('no line speaks of a page that is gone', () => {
  expect(Object.keys(heldBy).filter((page) => !pages.includes(page))).toEqual([]);
});

test('each of these tests reads the page that it holds', () => {
  const pairs = Object.entries(heldBy).flatMap(([page, blocks]) =>
    Object.values(blocks).map((file) => [page, file] as const),
  );
  for (const [page, file] of pairs) {
    expect(existsSync(join(root, file)), file).toBe(true);
    const text = readFileSync(join(root, file), 'utf8');
    // Two of them run what the page shows without reading it there.
    if (file.endsWith('/commands.test.ts') || file.endsWith('/command.test.ts')) continue;
    expect(text, `${file} reads ${page}`).toMatch(new RegExp(`['/]${page.replace('.', '\\.')}'`));
  }
});

const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts;

/** The npm scripts that a block's commands, or a page's words, name. */
const scriptsIn = (text: string) =>
  [...text.matchAll(/\bnpm (?:run (?:--silent )?([\w:]+)|(test|start)\b)/g)].map(
    ([, run, own]) => run ?? own ?? '',
  );

test.each(pages)('every npm script that %s names is one', (page) => {
  const named = scriptsIn(readFileSync(join(root, page), 'utf8'));
  expect(named.filter((name) => scripts[name] === undefined)).toEqual([]);
});

test.each(pages)('every test that %s names is there', (page) => {
  const named = [...readFileSync(join(root, page), 'utf8').matchAll(/npm test -- (test\/[\w./-]+)/g)];
  expect(named.filter(([, path = '']) => !existsSync(join(root, path)))).toEqual([]);
});

test('the README lists every script that is for a person to run', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const internal = /^pre|^check:|^build:|^gcp-|^format$|^version:|^changeset$/;
  const missing = Object.keys(scripts).filter(
    (name) => !internal.test(name) && !scriptsIn(readme).includes(name),
  );
  expect(missing).toEqual([]);
});

test('what CONTRIBUTING.md has one run is what CI runs', () => {
  const [first, changeset] = blocksOf('CONTRIBUTING.md').map(({ code }) => code.trim().split('\n'));
  const ci = readFileSync(join(root, '.ci/run'), 'utf8');
  for (const command of first ?? []) expect(ci).toContain(command.replace(/ -- .*/, ''));
  expect(changeset).toEqual(['npm run changeset']);
});

test('the one command of the opening is the demo', () => {
  const [opening] = blocksOf('README.md');
  expect(opening?.code).toBe('npm ci && npm run demo\n');
  expect(scripts.demo).toBe('node tools/demo.ts');
});
