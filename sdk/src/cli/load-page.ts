import { readFile } from 'node:fs/promises';

/** Where the build puts the page, as seen from the built command and from the sources. */
const builtPlaces = ['./page.html', '../page.html', '../../dist/page.html'];

/** The doctor's page: as built, or built in memory where this runs from the sources. */
export async function loadPage(): Promise<string> {
  if (import.meta.url.endsWith('.ts')) {
    // Not a literal, so that neither the package's build nor its users need what builds the page.
    const builder: string = '../../page/build-page.ts';
    const { buildPage }: { buildPage(): Promise<string> } = await import(builder);
    return buildPage();
  }
  for (const place of builtPlaces) {
    try {
      return await readFile(new URL(place, import.meta.url), 'utf8');
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
  throw new Error('the page is not in this installation');
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
