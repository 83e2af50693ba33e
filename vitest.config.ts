import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // What takes a browser, minutes or other languages has its own command: test:page, test:long, test:load, test:snippets.
    exclude: ['test/page/**', 'test/long/**', 'test/load/**', 'test/snippets/**'],
    setupFiles: ['test/support/offline.ts'],
    // Two cores: the end-to-end tests start real processes beside the workers.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    env: { METADATA_SERVER_DETECTION: 'none' },
  },
});
