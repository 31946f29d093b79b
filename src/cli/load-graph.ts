// npm run load:graph -- FILE.csv[.gz] [--posts N]: an undirected edge list as mutual follows, and posts of its people.
// Running it twice changes nothing.
import { stat } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { Presets, SingleBar } from 'cli-progress';
import { sql } from 'drizzle-orm';
import { readConfig } from '../config.ts';
import { type Database, openDatabase } from '../db/client.ts';
import { transaction, withoutStatement } from '../db/errors.ts';
import { ensureFollows, type NewFollow } from '../features/follows/bulk-store.ts';
import { ensurePeople, type NewPerson } from '../features/users/bulk-store.ts';
import { BrokenLineError, type Edge, edgesOf } from './edges.ts';
import { loadPosts, maxPosts } from './load-posts.ts';

const usage = `Usage: npm run load:graph -- FILE.csv[.gz] [--posts N]
Each line is "a,b": two people who follow each other, named by letters, digits, _ and -. Their usernames become
person-a and person-b. With --posts they get N posts in all, a few of them most of these.`;

/** Edges of one transaction. */
const batchSize = 5_000;
/** Line n of the file is a follow made n seconds after this, so that lists have an order and a second run the same one. */
const epoch = Date.parse('2019-06-01T00:00:00.000Z');

async function main(): Promise<void> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { posts: { type: 'string', default: '0' } },
  });
  const [file, ...rest] = positionals;
  if (!file || rest.length > 0) throw new Error(usage);
  const postCount = postCountOf(values.posts);
  const config = readConfig(process.env);
  const { size } = await stat(file);
  const issuer = config.auth.issuer ?? '';
  const database = await openDatabase({ url: config.databaseUrl, dataDir: config.dataDir });
  const started = Date.now();
  const people = new Map<string, string>();
  let edges = 0;
  let analyzeAt = batchSize;
  let follows = 0;
  let posts = 0;
  let bar = barOf('edges');
  try {
    await database.migrate();
    bar?.start(size, 0, { edges });
    for await (const { batch, bytes } of edgesOf(file, batchSize)) {
      follows += await loadBatch(database.db, issuer, batch, people);
      edges += batch.length;
      // What triggers do for each row is planned anew for tables that have grown: without it each person takes longer.
      if (edges >= analyzeAt) {
        await database.db.execute(sql`ANALYZE`);
        analyzeAt = 8 * edges;
      }
      bar?.update(bytes, { edges });
    }
    bar?.stop();
    if (postCount > 0) {
      bar = barOf('posts');
      bar?.start(postCount, 0, { posts });
      for await (const { done, created } of loadPosts(database.db, people, postCount)) {
        posts += created;
        bar?.update(done, { posts: done });
      }
    }
    // Fresh statistics, so that the first queries are planned for what is there now; of posts also which pages are all
    // visible, so that indexes alone answer.
    await database.db.execute(postCount > 0 ? sql`VACUUM (ANALYZE)` : sql`ANALYZE`);
  } finally {
    bar?.stop();
    await database.close();
  }
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  const made = `${follows} follows new${postCount > 0 ? `, ${posts} posts new` : ''}`;
  console.log(`${edges} edges read, ${made}, in ${seconds} s (${database.description}).`);
}

function postCountOf(text: string): number {
  const count = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (count <= maxPosts) return count;
  throw new Error(`--posts: a whole number from 0 to ${maxPosts}, not ${JSON.stringify(text.slice(0, 80))}.`);
}

/** Without a terminal there is none: it would only fill a log. */
function barOf(what: 'edges' | 'posts'): SingleBar | null {
  const format = `{bar} {percentage} % | {${what}} ${what} | {duration_formatted}`;
  return process.stdout.isTTY ? new SingleBar({ format }, Presets.shades_classic) : null;
}

/**
 * Loads a batch in one transaction.
 * @param known ids by username of people of earlier batches; those of this one are added.
 * @returns how many follows were new.
 */
async function loadBatch(
  db: Database,
  issuer: string,
  batch: readonly Edge[],
  known: Map<string, string>,
): Promise<number> {
  const unknown = new Map<string, NewPerson>();
  for (const { line, a, b } of batch) {
    for (const name of [a, b]) {
      const username = usernameOf(name);
      if (known.has(username) || unknown.has(username)) continue;
      const createdAt = new Date(epoch + line * 1000);
      unknown.set(username, { username, displayName: `Person ${name}`, createdAt });
    }
  }
  const { ids, created } = await transaction(db, async (tx) => {
    const ids = await ensurePeople(tx, issuer, [...unknown.values()]);
    const idOf = (name: string) => {
      const id = known.get(usernameOf(name)) ?? ids.get(usernameOf(name));
      if (!id) throw new Error(`${usernameOf(name)} could not be created.`);
      return id;
    };
    const follows = batch.flatMap(({ line, a, b }): NewFollow[] => {
      const [idOfA, idOfB, at] = [idOf(a), idOf(b), new Date(epoch + line * 1000)];
      return [
        { follower: idOfA, followee: idOfB, at },
        { follower: idOfB, followee: idOfA, at },
      ];
    });
    return { ids, created: await ensureFollows(tx, follows) };
  });
  for (const [username, id] of ids) known.set(username, id);
  return created;
}

function usernameOf(name: string): string {
  return `person-${name}`;
}

main().catch((error: unknown) => {
  const shown = withoutStatement(error);
  if (shown instanceof BrokenLineError) {
    console.error(
      `${shown.message}\nNothing of its batch was loaded; what came before it stays. Mend the line and run this again.`,
    );
  } else {
    console.error(shown instanceof Error ? shown.message : shown);
  }
  process.exitCode = 1;
});
