import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './imports.ts';

/** Every page that a reader gets, repository paths. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  'CHANGELOG.md',
  'sdk/README.md',
  'emulator/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => `docs/${name}`),
];

export const readPage = (page: string): string => readFileSync(join(root, page), 'utf8');

/** A fenced block of code: the heading it stands under, of whatever level, its language and its lines. */
export interface Block {
  heading: string;
  language: string;
  code: string;
}

export function blocksOf(page: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: Block | undefined;
  for (const line of readPage(page).split('\n')) {
    if (open !== undefined) {
      if (line === '```') {
        blocks.push(open);
        open = undefined;
      } else open.code += `${line}\n`;
    } else if (line.startsWith('```')) open = { heading, language: line.slice(3), code: '' };
    else if (/^#+ /.test(line)) heading = line.replace(/^#+ /, '');
  }
  if (open !== undefined) throw new Error(`${page}: the block under ${heading} has no end`);
  return blocks;
}

/** The page without its blocks of code: what is said, and not shown. */
export const proseOf = (page: string): string => readPage(page).replaceAll(/^```.*?^```$/gms, '');

/** The anchors of a page's headings, as GitHub gives them; a second of the same name gets a number. */
export function anchorsOf(page: string): string[] {
  const seen = new Map<string, number>();
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => {
    const slug = slugOf(heading);
    const count = seen.get(slug) ?? 0;
    seen.set(slug, count + 1);
    return count === 0 ? slug : `${slug}-${count}`;
  });
}

function slugOf(heading: string): string {
  const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase();
  return text
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(' ', '-');
}
