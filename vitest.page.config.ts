import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/page/**/*.test.ts'],
    // One browser at a time, on two cores.
    maxWorkers: 1,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A browser beside other work takes its time; what is right is right later too.
    expect: { poll: { timeout: 15_000 } },
    env: { METADATA_SERVER_DETECTION: 'none' },
  },
});
