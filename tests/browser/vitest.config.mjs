import { defineConfig } from 'vitest/config';

// Three files at a time on two cores: a scenario waits more than it works.
export default defineConfig({
  test: {
    include: ['scenario/**/*.test.mjs'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 3,
    minWorkers: 3,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
