import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/snippets/**/*.test.ts'],
    setupFiles: ['test/support/offline.ts'],
    maxWorkers: 1,
    testTimeout: 60_000,
    // Go compiles its standard library first.
    hookTimeout: 300_000,
  },
});
