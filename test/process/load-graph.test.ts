import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/db/client.ts';
import { follows } from '../../src/features/follows/table.ts';
import { userStats, users } from '../../src/features/users/table.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { migratedFolder, run, temporaryFolder } from '../helpers/process.ts';

/** Where the graph is loaded to: a PostgreSQL database of the test's own, or a folder. */
async function place(begin: 'migrated' | 'empty' = 'migrated') {
  const url = await onOwnDatabase(begin);
  const folder = url || begin === 'empty' ? temporaryFolder() : migratedFolder();
  const env: Record<string, string> = url ? { DATABASE_URL: url } : { DATA_DIR: folder };
  const load = async (file: string) => {
    const { ended, output } = run('src/cli/load-graph.ts', [file], env);
    return { code: await ended, output: output() };
  };
  const look = async () => {
    const database = await openDatabase(url ? { url } : { dataDir: folder });
    try {
      const { db } = database;
      const count = async (table: typeof users | typeof follows) => db.$count(table);
      const wrong = await db
        .select({ id: userStats.userId })
        .from(userStats)
        .where(
          sql`followers <> (SELECT count(*) FROM follows WHERE followee_id = user_id) OR following <> (SELECT count(*) FROM follows WHERE follower_id = user_id)`,
        );
      return { people: await count(users), follows: await count(follows), wrongCounters: wrong.length };
    } finally {
      await database.close();
    }
  };
  return { folder, load, look };
}

describe('npm run load:graph', () => {
  it('makes a person of each node and two follows of each edge, with exact counters; a second run changes nothing', async () => {
    const { folder, load, look } = await place('empty');
    const file = join(folder, 'graph.csv.gz');
    writeFileSync(file, gzipSync('1,2\n2,3\n1,3\n3,4\n4,x-5\n2,1\n'));
    expect(await load(file)).toMatchObject({
      code: 0,
      output: expect.stringContaining('6 edges read, 10 follows new'),
    });
    const loaded = { people: 5, follows: 10, wrongCounters: 0 };
    expect(await look()).toEqual(loaded);
    expect(await load(file)).toMatchObject({ code: 0, output: expect.stringContaining('0 follows new') });
    expect(await look()).toEqual(loaded);
  });

  it.each([
    ['no comma', 'nonsense'],
    ['a tie to oneself', '7,7'],
  ])('reports a broken line by its number, and nothing of its batch stays: %s', async (_what, line) => {
    const { folder, load, look } = await place();
    const file = join(folder, 'graph.csv');
    // 5,000 edges are one batch: the line is in the second.
    const edges = Array.from({ length: 5_000 }, (_, i) => `${i % 50},${50 + Math.floor(i / 50)}`);
    writeFileSync(file, [...edges, '900,901', line, '902,903'].join('\n'));
    const { code, output } = await load(file);
    expect(code).toBe(1);
    expect(output).toContain('Line 5002');
    expect(await look()).toEqual({ people: 150, follows: 10_000, wrongCounters: 0 });
  });

  it('says what is wrong with a file that is not there, or no gzip', async () => {
    const { folder, load } = await place();
    expect(await load(join(folder, 'none.csv'))).toMatchObject({
      code: 1,
      output: expect.stringContaining('none.csv'),
    });
    const file = join(folder, 'broken.csv.gz');
    writeFileSync(file, 'this is no gzip');
    expect(await load(file)).toMatchObject({
      code: 1,
      output: expect.stringContaining('incorrect header check'),
    });
  });
});
