import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { root } from '../../support/imports.ts';
import { anchorsOf, pages, proseOf } from '../../support/markdown.ts';

/** Public pages that a reader may be sent to. No test asks them: a link is held against this list alone. */
const hosts = ['docs.cloud.google.com'];

interface Link {
  page: string;
  target: string;
}

/** Every link and picture of a page's prose; what stands in code is no link. */
const linksOf = (page: string): Link[] =>
  [
    ...proseOf(page)
      .replaceAll(/`[^`\n]*`/g, '')
      .matchAll(/\]\(([^)\s]+)\)/g),
  ].map(([, target = '']) => ({
    page,
    target,
  }));

/** What is wrong with a link, or undefined. */
function faultOf({ page, target }: Link): string | undefined {
  if (/^[a-z]+:/.test(target)) {
    const { protocol, host } = new URL(target);
    return protocol === 'https:' && hosts.includes(host) ? undefined : 'leads to a host that is not listed';
  }
  const [path = '', anchor] = target.split('#', 2);
  const file = path === '' ? page : normalize(join(dirname(page), path));
  if (file.startsWith('..') || !existsSync(join(root, file))) return 'leads to no file of the repository';
  if (anchor === undefined) return undefined;
  if (!file.endsWith('.md') || statSync(join(root, file)).isDirectory()) return 'has an anchor in no page';
  return anchorsOf(file).includes(anchor) ? undefined : `leads to no heading of ${file}`;
}

test.each(pages)('every link of %s leads somewhere', (page) => {
  const faulty = linksOf(page)
    .map((link) => ({ ...link, fault: faultOf(link) }))
    .filter(({ fault }) => fault !== undefined);
  expect(faulty).toEqual([]);
});

test('every page is linked from the index, and the index from the README', () => {
  const linked = linksOf('docs/README.md').map(({ target }) => normalize(join('docs', target)));
  const others = pages.filter((page) => !['docs/README.md', 'CHANGELOG.md'].includes(page));
  expect(others.filter((page) => !linked.includes(page))).toEqual([]);
  expect(linksOf('README.md').map(({ target }) => target)).toContain('docs/README.md');
});

describe('a link is a fault', () => {
  test.each([
    ['to a file that is not there', 'docs/nothing.md', 'leads to no file'],
    ['out of the repository', '../elsewhere.md', 'leads to no file'],
    ['to a heading that is not there', 'docs/policy.md#nothing', 'leads to no heading'],
    ['to a heading of its own that is not there', '#nothing', 'leads to no heading'],
    ['to a line of a source', 'functions/index.ts#L1', 'has an anchor'],
    ['to an unknown host', 'https://blog.example.com/', 'leads to a host'],
    ['without TLS', 'http://docs.cloud.google.com/', 'leads to a host'],
  ])('%s', (_, target, fault) => {
    expect(faultOf({ page: 'README.md', target })).toContain(fault);
  });

  test.each(['#locally', 'docs/policy.md#audiences', 'https://docs.cloud.google.com/iam/quotas', 'docs'])(
    'but not %s',
    (target) => {
      expect(faultOf({ page: 'README.md', target })).toBeUndefined();
    },
  );
});
