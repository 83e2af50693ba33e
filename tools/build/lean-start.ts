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

/** What pino and its stream load as they start, and the function never comes to use: it writes its log by itself. */
const standIns: Record<string, { importer: RegExp; contents: string }> = {
  'thread-stream': {
    importer: /\/pino\//,
    contents:
      "module.exports = class { constructor() { throw new Error('There are no transports here.'); } };",
  },
  worker_threads: { importer: /\/pino\//, contents: 'exports.isMainThread = true;' },
  assert: {
    importer: /\/sonic-boom\//,
    contents: 'module.exports = (holds, message) => { if (!holds) throw new Error(message); };',
  },
};

/** Leaves out of the bundle what pino would run in threads of its own, and Node's modules with it: 3 ms and 2 MB of a start. */
export const leaveOutThreads: Plugin = {
  name: 'leave-out-threads',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(thread-stream|worker_threads|assert)$/ }, ({ path, importer }) =>
      standIns[path]?.importer.test(importer) ? { path, namespace: 'stand-in' } : undefined,
    );
    onLoad({ filter: /.*/, namespace: 'stand-in' }, ({ path }) => ({
      contents: standIns[path]?.contents ?? '',
    }));
  },
};
