import { readFile } from 'node:fs/promises';

/** The doctor's page: as built, or built in memory where this runs from the sources. */
export async function loadPage(): Promise<string> {
  if (import.meta.url.endsWith('.ts')) {
    // Not a literal, so that neither the package's build nor its users need what builds the page.
    const builder = new URL('../../page/build-page.ts', import.meta.url).href;
    const { buildPage }: { buildPage(): Promise<{ html: string }> } = await import(builder);
    return (await buildPage()).html;
  }
  return readFile(new URL('../page.html', import.meta.url), 'utf8');
}
