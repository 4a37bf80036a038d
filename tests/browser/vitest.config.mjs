import { defineConfig } from 'vitest/config';

// Two files at a time on two cores: with three, pictures and sound come so late that a browser hears gaps.
// The limits of time are for a machine that does something else beside.
export default defineConfig({
  test: {
    include: ['scenario/**/*.test.mjs'],
    environment: 'node',
    pool: 'forks',
    maxWorkers: 2,
    minWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
