import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { root } from '../support/imports.ts';
import { installPackedSdk } from '../support/packed-sdk.ts';
import type { Row } from './row.ts';

const kilobyte = 1_000;

/** What a program loads, minified and gzipped: the SDK as it is installed, against the peers for the same job. */
export async function rows(): Promise<Row[]> {
  await using sdk = await installPackedSdk();
  const files = await bundle("export { TokenClient } from 'countersign'", sdk.project, 'neutral');
  const late = files.filter(({ path }) => /service-/.test(path));
  const core = gzipped(files.filter((file) => !late.includes(file)));
  const whole = gzipped(files);
  const google = gzipped(
    await bundle("export { GoogleAuth, IdTokenClient } from 'google-auth-library'", root, 'node'),
  );
  const openapi = gzipped(await bundle("export { default } from 'openapi-fetch'", root, 'neutral'));
  const kb = (bytes: number) => `${(bytes / kilobyte).toFixed(2)} kB`;
  const peers = `google-auth-library ${kb(google)}, openapi-fetch ${kb(openapi)}`;
  return [
    {
      row: 'SDK core, minified and gzipped',
      peer: 'google-auth-library, openapi-fetch, bundled likewise',
      ratio: core / kilobyte,
      unit: 'kB',
      figures: `ours ${kb(core)}, ${kb(whole)} with what the first request loads, ${peers}`,
      goal: ['at most', 3],
    },
  ];
}

async function bundle(contents: string, resolveDir: string, platform: 'node' | 'neutral') {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir },
    platform,
    mainFields: ['module', 'main'],
    bundle: true,
    minify: true,
    format: 'esm',
    splitting: true,
    outdir: 'out',
    write: false,
  });
  return outputFiles;
}

function gzipped(files: readonly { text: string }[]): number {
  return gzipSync(files.map(({ text }) => text).join(''), { level: 9 }).length;
}
