import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { buildPage } from './build-page.ts';

// `npm run build:page [-- FILE]`: the page as the package carries it; the function has it from `npm run generate`.
const target = process.argv[2] ?? 'sdk/dist/page.html';
const { html } = await buildPage();
await mkdir(dirname(target), { recursive: true });
await writeFile(target, html);
console.log(`wrote ${target}, ${Math.round(html.length / 1024)} KiB`);
