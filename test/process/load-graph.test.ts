import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/db/client.ts';
import { follows } from '../../src/features/follows/table.ts';
import { userStats, users } from '../../src/features/users/table.ts';
import { onOwnDatabase } from '../helpers/db.ts';
import { rowsOf } from '../helpers/pictures.ts';
import { migratedFolder, run, temporaryFolder } from '../helpers/process.ts';

/** Where the graph is loaded to: a PostgreSQL database of the test's own, or a folder. */
async function place(begin: 'migrated' | 'empty' = 'migrated') {
  const url = await onOwnDatabase(begin);
  const folder = url || begin === 'empty' ? temporaryFolder() : migratedFolder();
  const env: Record<string, string> = url ? { DATABASE_URL: url } : { DATA_DIR: folder };
  const load = async (file: string, ...more: string[]) => {
    const { ended, output } = run('src/cli/load-graph.ts', [file, ...more], env);
    return { code: await ended, output: output() };
  };
  const within = async <T>(read: (db: Database) => Promise<T>): Promise<T> => {
    const database = await openDatabase(url ? { url } : { dataDir: folder });
    try {
      return await read(database.db);
    } finally {
      await database.close();
    }
  };
  const look = () =>
    within(async (db) => {
      const wrong = await db
        .select({ id: userStats.userId })
        .from(userStats)
        .where(
          sql`followers <> (SELECT count(*) FROM follows WHERE followee_id = user_id) OR following <> (SELECT count(*) FROM follows WHERE follower_id = user_id)`,
        );
      return {
        people: await db.$count(users),
        follows: await db.$count(follows),
        wrongCounters: wrong.length,
      };
    });
  /** How many posts each person has, by username. */
  const postCounts = () =>
    within(async (db) => {
      const counts = await db.execute(
        sql`SELECT u.username, count(*)::int AS posts FROM posts p JOIN users u ON u.id = p.author_id GROUP BY 1 ORDER BY 1`,
      );
      return new Map(rowsOf(counts).map(({ username, posts }) => [String(username), Number(posts)]));
    });
  return { folder, load, look, postCounts, within };
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
    // Mended, it ties somebody of the first batch to somebody of the second.
    writeFileSync(file, [...edges, '900,901', '0,900', '902,903'].join('\n'));
    expect((await load(file)).output).toContain('5003 edges read, 6 follows new');
    expect(await look()).toEqual({ people: 154, follows: 10_006, wrongCounters: 0 });
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

  it('gives the people of the file posts, as many as asked for and no more', async () => {
    const { folder, load, postCounts, within } = await place();
    const others = join(folder, 'others.csv');
    writeFileSync(others, 'out-1,out-2\n');
    expect((await load(others)).output).not.toContain('posts');
    const file = join(folder, 'graph.csv');
    writeFileSync(file, Array.from({ length: 30 }, (_, i) => `${i},${(i + 1) % 30}`).join('\n'));
    expect(await load(file, '--posts', '300')).toMatchObject({
      code: 0,
      output: expect.stringContaining('30 edges read, 60 follows new, 300 posts new, in '),
    });
    const counts = await postCounts();
    const total = (of: Iterable<number>) => [...of].reduce((sum, posts) => sum + posts, 0);
    expect(total(counts.values())).toBe(300);
    expect([...counts.keys()].filter((username) => username.startsWith('person-out'))).toEqual([]);
    const mostActive = [...counts.values()].toSorted((a, b) => b - a).slice(0, 3);
    expect(total(mostActive)).toBeGreaterThan(3 * (300 / 10));
    expect((await load(file, '--posts', '300')).output).toContain('0 follows new, 0 posts new');
    expect(await postCounts()).toEqual(counts);
    expect((await load(file, '--posts', '350')).output).toContain('0 follows new, 50 posts new');
    expect(total((await postCounts()).values())).toBe(350);
    // Of most pages it is known that all can see them, so that indexes alone answer.
    const visible = sql`SELECT relallvisible > relpages / 2 AS most FROM pg_class WHERE oid = 'posts'::regclass`;
    expect(rowsOf(await within((db) => db.execute(visible)))).toEqual([{ most: true }]);
    // Four processes and as many looks: on a busy machine more than the usual minute.
  }, 120_000);

  it.each(['-1', '1e3', '', '100000001'])('does nothing when asked for %j posts', async (count) => {
    const folder = temporaryFolder();
    const file = join(folder, 'graph.csv');
    writeFileSync(file, '1,2');
    const { ended, output } = run('src/cli/load-graph.ts', [file, `--posts=${count}`], { DATA_DIR: folder });
    expect(await ended).toBe(1);
    expect(output()).toBe(`--posts: a whole number from 0 to 100000000, not ${JSON.stringify(count)}.\n`);
    expect(existsSync(join(folder, 'db'))).toBe(false);
  });

  it('says so when there is nobody to give posts to', async () => {
    const { folder, load } = await place();
    const file = join(folder, 'graph.csv');
    writeFileSync(file, '\n');
    expect(await load(file, '--posts', '5')).toEqual({
      code: 1,
      output: 'The file names nobody who could post.\n',
    });
  });
});
