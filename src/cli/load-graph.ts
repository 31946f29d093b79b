// npm run load:graph -- FILE.csv[.gz] [--posts N]: an undirected edge list as mutual follows, and posts of its people.
// Running it twice changes nothing.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { Transform } from 'node:stream';
import { parseArgs } from 'node:util';
import { createGunzip } from 'node:zlib';
import { Presets, SingleBar } from 'cli-progress';
import { sql } from 'drizzle-orm';
import { readConfig } from '../config.ts';
import { type Database, openDatabase } from '../db/client.ts';
import { transaction, withoutStatement } from '../db/errors.ts';
import { ensureFollows, type NewFollow } from '../features/follows/bulk-store.ts';
import { ensurePeople } from '../features/users/bulk-store.ts';
import { usernameKey } from '../features/users/rules.ts';
import { loadPosts, maxPosts } from './load-posts.ts';

const usage = `Usage: npm run load:graph -- FILE.csv[.gz] [--posts N]
Each line is "a,b": two people who follow each other, named by letters, digits, _ and -. Their usernames become
person-a and person-b. With --posts they get N posts in all, a few of them most of these.`;

/** Edges of one transaction. */
const batchSize = 5_000;
/** A node's name: with the prefix still a username. */
const edgePattern = /^([A-Za-z0-9_-]{1,32}),([A-Za-z0-9_-]{1,32})$/;
/** Line n of the file is a follow made n seconds after this, so that lists have an order and a second run the same one. */
const epoch = Date.parse('2019-06-01T00:00:00.000Z');

interface Edge {
  line: number;
  a: string;
  b: string;
}

class BrokenLineError extends Error {
  override readonly name = 'BrokenLineError';
}

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
  let follows = 0;
  let posts = 0;
  let bar = barOf('edges');
  try {
    await database.migrate();
    bar?.start(size, 0, { edges });
    for await (const { batch, bytes } of batchesOf(file)) {
      const loaded = await loadBatch(database.db, issuer, batch);
      for (const [username, id] of loaded.ids) people.set(username, id);
      follows += loaded.created;
      edges += batch.length;
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

/** The file's edges in batches, with how many bytes of the file have been read. */
async function* batchesOf(file: string): AsyncGenerator<{ batch: Edge[]; bytes: number }> {
  let bytes = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done(null, chunk);
    },
  });
  const raw = createReadStream(file);
  const text = file.endsWith('.gz') ? raw.pipe(counted).pipe(createGunzip()) : raw.pipe(counted);
  raw.on('error', (error) => text.destroy(error));
  const lines = createInterface({ input: text, crlfDelay: Number.POSITIVE_INFINITY });
  // Errors of the streams would otherwise never reach the loop below.
  const failed = new Promise<never>((_resolve, reject) => text.on('error', reject));
  failed.catch(() => {});
  let batch: Edge[] = [];
  let line = 0;
  const iterator = lines[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([iterator.next(), failed]);
    if (next.done) break;
    line++;
    if (next.value.trim() === '') continue;
    batch.push(edgeOf(next.value.trim(), line));
    if (batch.length === batchSize) {
      yield { batch, bytes };
      batch = [];
    }
  }
  if (batch.length > 0) yield { batch, bytes };
}

function edgeOf(text: string, line: number): Edge {
  const [, a, b] = edgePattern.exec(text) ?? [];
  if (!a || !b)
    throw new BrokenLineError(`Line ${line} is not of the form a,b: ${JSON.stringify(text.slice(0, 80))}`);
  if (a.toLowerCase() === b.toLowerCase()) throw new BrokenLineError(`Line ${line} ties ${a} to themself.`);
  return { line, a, b };
}

/** Loads a batch in one transaction. @returns its people's ids by username, and how many follows were new. */
function loadBatch(
  db: Database,
  issuer: string,
  batch: readonly Edge[],
): Promise<{ ids: Map<string, string>; created: number }> {
  const names = new Map(
    batch
      .flatMap(({ line, a, b }) => [[a.toLowerCase(), line] as const, [b.toLowerCase(), line] as const])
      .reverse(),
  );
  const people = [...names].map(([name, line]) => ({
    username: `person-${name}`,
    displayName: `Person ${name}`,
    createdAt: new Date(epoch + line * 1000),
  }));
  return transaction(db, async (tx) => {
    const ids = await ensurePeople(tx, issuer, people);
    const idOf = (name: string) => {
      const id = ids.get(usernameKey(`person-${name}`));
      if (!id) throw new Error(`person-${name} could not be created.`);
      return id;
    };
    const follows = batch.flatMap(({ line, a, b }): NewFollow[] => {
      const at = new Date(epoch + line * 1000);
      return [
        { follower: idOf(a), followee: idOf(b), at },
        { follower: idOf(b), followee: idOf(a), at },
      ];
    });
    return { ids, created: await ensureFollows(tx, follows) };
  });
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
