import { defineConfig } from 'vitest/config';

// Two files at a time, on two cores: what is tested waits more than it works.
export default defineConfig({
  test: {
    include: ['tests/browser/**/*.test.mjs'],
    environment: 'node',
    maxWorkers: 2,
    minWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
