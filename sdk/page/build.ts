import { mkdir, writeFile } from 'node:fs/promises';
import { buildPage } from './build-page.ts';

// `npm run build:page`: the page as the package carries it; the function has it from `npm run generate`.
const target = new URL('../dist/page.html', import.meta.url);
const { html } = await buildPage();
await mkdir(new URL('./', target), { recursive: true });
await writeFile(target, html);
console.log(`wrote sdk/dist/page.html, ${Math.round(html.length / 1024)} KiB`);
