import { defineConfig } from 'vitest/config';

export default defineConfig({
  // As Node resolves: otherwise graphql is there twice, once from us and once from our dependencies.
  ssr: { resolve: { conditions: ['node', 'module-sync'], externalConditions: ['node', 'module-sync'] } },
  test: {
    globalSetup: './test/helpers/snapshot.ts',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { NODE_ENV: 'test' },
  },
});
