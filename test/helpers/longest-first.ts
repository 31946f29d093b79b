import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The files that take longest, and the longest of them first. */
const longest = [
  'process/clients.test.ts',
  'process/import-archive.test.ts',
  'process/import-sources.test.ts',
  'process/start.test.ts',
  'process/admin.test.ts',
  'features/lists.test.ts',
  'features/visibility.test.ts',
  'process/load-graph.test.ts',
  'process/live.test.ts',
  'process/workers.test.ts',
  'process/import-kith.test.ts',
  'features/connection-model.test.ts',
  'features/room-acts.test.ts',
  'features/connections.test.ts',
  'features/room-roles.test.ts',
  'features/post-visibility.test.ts',
  'features/notification-rules.test.ts',
  'features/stored-xss.test.ts',
  'features/hammer.test.ts',
  'features/post-hammer.test.ts',
  'graphql/fuzz.test.ts',
];

/**
 * Begins with the files that take longest: one that began last would run alone. Vitest does so by what it remembers of
 * earlier runs, and where there were none, by the sizes of the files, which say little.
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const at = longest.findIndex((name) => moduleId.endsWith(name));
      return at === -1 ? longest.length : at;
    };
    return (await super.sort(files)).toSorted((a, b) => place(a) - place(b));
  }
}
