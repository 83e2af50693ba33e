import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the prober's image starts (`npm start` by Google's Node.js buildpack); its environment says what to ask for. */
const manifest = {
  name: 'countersign-probe',
  private: true,
  type: 'module',
  engines: { node: '>=24 <25' },
  scripts: { start: 'node main.js check "$PROBE_AUDIENCE" --forbidden "$PROBE_FORBIDDEN"' },
};

/** Bundles the SDK's command line into a folder that needs nothing installed. */
export async function buildProbe(outdir = `${root}dist/probe`): Promise<void> {
  await rm(outdir, { recursive: true, force: true });
  await mkdir(outdir, { recursive: true });
  await build({
    entryPoints: [`${root}sdk/src/cli/main.ts`],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // Only --as needs it, and the prober is who it runs as.
    external: ['google-auth-library'],
    legalComments: 'linked',
    logLevel: 'warning',
  });
  await writeFile(`${outdir}/package.json`, `${JSON.stringify(manifest, null, 2)}\n`);
}

if (import.meta.main) await buildProbe();
