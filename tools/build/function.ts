import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { makeCompileCache } from './compile-cache.ts';
import { requireBuiltins } from './require-builtins.ts';
import { findRuntimeNode, runsOn } from './runtime-node.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/**
 * Bundles the function into `dist/`, which is what Cloud Functions runs (`gcp-build`): a cold start reads a few files
 * and not some hundreds. What is imported lazily stays a file of its own. functions-framework stays outside, since the
 * function registers with the very copy that serves it; Secret Manager's client does too, for it reads files of its own.
 */
export async function buildFunction(): Promise<void> {
  await rm(`${root}dist`, { recursive: true, force: true });
  await build({
    entryPoints: [`${root}functions/index.ts`],
    outdir: `${root}dist`,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    // As ES modules packages leave out what nobody imports of them.
    mainFields: ['module', 'main'],
    plugins: [requireBuiltins],
    external: ['@google-cloud/functions-framework', '@google-cloud/secret-manager'],
    // The bundle calls require for Node's own modules.
    banner: {
      js: "import { createRequire as createRequireForBundle } from 'node:module';\nconst require = createRequireForBundle(import.meta.url);",
    },
    legalComments: 'linked',
    logLevel: 'warning',
  });
}

if (import.meta.main) {
  await buildFunction();
  const node = findRuntimeNode(process.env.PATH ?? '');
  const { engines } = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
  if (runsOn(node, engines.node)) {
    await makeCompileCache(root, node.path);
    console.log(`Compile cache made for Node ${node.version} (${node.path}).`);
  } else {
    console.log(
      `No compile cache: the function needs Node ${engines.node}, and ${node.path} is ${node.version}.`,
    );
  }
}
