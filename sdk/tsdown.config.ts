import { defineConfig } from 'tsdown';

/** The package's JavaScript and declarations. */
export default defineConfig({
  entry: {
    index: 'src/index.ts',
    'diagnose/index': 'src/diagnose/index.ts',
    'batch/index': 'src/batch/index.ts',
    'google-auth': 'src/google-auth.ts',
    testing: 'src/testing.ts',
    'cli/main': 'src/cli/main.ts',
  },
  format: 'esm',
  // The command line alone is for Node.
  deps: { neverBundle: [/^node:/] },
  // Nothing but what every web-standard runtime has; the declarations are the public API.
  platform: 'neutral',
  target: 'es2022',
  dts: true,
  clean: true,
  fixedExtension: false,
  // A file for each source: what is loaded late stays so, and an import takes no more than it needs.
  unbundle: true,
});
