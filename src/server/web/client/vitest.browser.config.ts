import { defineConfig } from 'vitest/config';

// One browser for one file at a time: two cores are enough, and times stay comparable.
export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.mjs'],
    environment: 'node',
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
