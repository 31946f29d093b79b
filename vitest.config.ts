import { configDefaults, defineConfig } from 'vitest/config';
import { LongestFirst } from './test/helpers/longest-first.ts';

export default defineConfig({
  // As Node resolves: otherwise graphql is there twice, once from us and once from our dependencies.
  ssr: { resolve: { conditions: ['node', 'module-sync'], externalConditions: ['node', 'module-sync'] } },
  test: {
    globalSetup: './test/helpers/snapshot.ts',
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    exclude: [
      ...configDefaults.exclude,
      // Have configurations of their own.
      'test/browser/**',
      'test/faults/**',
      // Have the embedded database, or none, whatever the others have: once is enough.
      ...(process.env.DATABASE_URL
        ? [
            'src/**',
            'test/architecture.test.ts',
            'test/graphql/schema-changes.test.ts',
            'test/process/start.test.ts',
            'test/process/generate-graph.test.ts',
            'test/sources/**',
          ]
        : []),
    ],
    pool: 'forks',
    // One more than there are cores where they wait for a database of another process.
    maxWorkers: process.env.DATABASE_URL ? 3 : 2,
    // Most of what a test makes is gone soon: with room for more of it, it need not be looked through as often.
    execArgv: ['--import', './src/fast-start.ts', '--max-semi-space-size=64'],
    // Files share what they import: loading it anew for each of them took a third of the time of all tests. What a
    // file changes besides its own (the environment, a clock) it has to put back.
    isolate: false,
    sequence: { sequencer: LongestFirst },
    testTimeout: 180_000,
    hookTimeout: 180_000,
    env: { NODE_ENV: 'test' },
  },
});
