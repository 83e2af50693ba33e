import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const here = new URL('./', import.meta.url);

/** The page and the policy that it carries, for a server that sends it as a header too. */
export interface Page {
  html: string;
  contentSecurityPolicy: string;
}

/** The page as one HTML file: script and styles inside, allowed by their hashes and nothing else. */
export async function buildPage(): Promise<Page> {
  const [template, script, style] = await Promise.all([
    readFile(new URL('index.html', here), 'utf8'),
    bundle('main.ts'),
    bundle('page.css'),
  ]);
  // The way of an HTML parser: a script ends at its first closing tag, wherever that stands.
  if (/<\/script/i.test(script)) throw new Error('the script holds a closing tag');
  const contentSecurityPolicy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "connect-src 'self'",
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ');
  const html = template
    .replace("default-src 'none'", () => contentSecurityPolicy)
    .replace('<!-- style -->', () => `<style>${style}</style>`)
    .replace('<!-- script -->', () => `<script>${script}</script>`);
  return { html, contentSecurityPolicy };
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(name, here))],
    bundle: true,
    minify: true,
    format: name.endsWith('.css') ? 'esm' : 'iife',
    target: 'es2023',
    charset: 'utf8',
    legalComments: 'none',
    write: false,
  });
  return (outputFiles[0]?.text ?? '').trim();
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
