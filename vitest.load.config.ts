import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/load/**/*.test.ts'],
    setupFiles: ['test/support/offline.ts'],
    // One after another: each is to have the machine for itself.
    maxWorkers: 1,
    fileParallelism: false,
    hookTimeout: 60_000,
    env: { METADATA_SERVER_DETECTION: 'none' },
  },
});
