// The tests of test/faults: they start, stop and kill a PostgreSQL and a Redis of their own, and need both installed.
import { defineConfig, mergeConfig } from 'vitest/config';
import shared from './vitest.config.ts';

const own = mergeConfig(shared, defineConfig({}));

export default {
  ...own,
  test: {
    ...own.test,
    include: ['test/faults/**/*.test.ts'],
    exclude: [],
  },
};
