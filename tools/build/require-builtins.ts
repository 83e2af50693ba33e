import type { Plugin } from 'esbuild';

/**
 * Has the bundle load Node's own modules by `require`. By `import` Node reads every export of theirs, and with
 * `WebSocket` of `node:http` loads all of `fetch`, with `webcrypto` of `node:crypto` that: 20 ms and 4 MB of a start.
 */
export const requireBuiltins: Plugin = {
  name: 'require-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:/ }, ({ path, kind }) =>
      kind === 'import-statement' ? { path, namespace: 'builtin' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path }) => ({
      contents: `module.exports = require(${JSON.stringify(path)});`,
    }));
  },
};
