import { defineConfig } from 'vitest/config';

// Two files at a time: the machines of continuous integration have two cores, and a scenario waits
// more than it works.
export default defineConfig({
  test: {
    include: ['scenario/**/*.test.mjs'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    minWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
