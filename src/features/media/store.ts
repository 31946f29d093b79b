import { randomBytes } from 'node:crypto';
import { inArray, sql } from 'drizzle-orm';
import { askedByNobody } from '../../db/asker.ts';
import type { Database } from '../../db/client.ts';
import { writing } from '../../db/errors.ts';
import { prepared } from '../../db/prepared.ts';
import { sharedDatabase } from '../../db/watched.ts';
import { serverKeys } from '../users/table.ts';
import { pictureName } from './rules.ts';
import { mediaFiles } from './table.ts';

/** A name for a new picture's files: random, and written down before there is any file of it. */
export async function reserveName(db: Database, at: Date, isPrivate: boolean): Promise<string> {
  const name = pictureName(randomBytes(16).toString('hex'), isPrivate);
  await writing(db, (to) => to.insert(mediaFiles).values({ name, state: 'PENDING', createdAt: at }));
  return name;
}

/** Gives pictures up that no row has come to show. */
export async function dropPending(db: Database, names: readonly string[]): Promise<void> {
  await writing(db, (to) =>
    to
      .update(mediaFiles)
      .set({ state: 'DROPPED' })
      .where(sql`${inArray(mediaFiles.name, [...names])} AND ${mediaFiles.state} = 'PENDING'`),
  );
}

/** How long a picture may be PENDING before whoever wrote it is taken to be gone, in minutes. */
const pendingFor = 60;

/** Some of the pictures whose files nothing shows: dropped ones, and those whose writing never came to an end. */
export async function unusedNames(db: Database, now: Date, limit: number): Promise<string[]> {
  // Claimed first: whoever still writes one of them is refused by the trigger when they come to show it.
  await writing(db, (to) =>
    to
      .update(mediaFiles)
      .set({ state: 'DROPPED' })
      .where(
        sql`${mediaFiles.state} = 'PENDING' AND ${mediaFiles.createdAt} < ${new Date(now.getTime() - pendingFor * 60_000).toISOString()}::timestamptz`,
      ),
  );
  const rows = await db
    .select({ name: mediaFiles.name })
    .from(mediaFiles)
    .where(sql`${mediaFiles.state} = 'DROPPED'`)
    .limit(limit);
  return rows.map(({ name }) => name);
}

/** Forgets pictures whose files are gone. */
export async function forgetNames(db: Database, names: readonly string[]): Promise<void> {
  await writing(db, (to) => to.delete(mediaFiles).where(inArray(mediaFiles.name, [...names])));
}

const keyRow = prepared((db) =>
  db.select({ key: serverKeys.key }).from(serverKeys).where(sql`${serverKeys.name} = 'media'`),
);

async function readKey(db: Database): Promise<Uint8Array> {
  const [row] = await keyRow(db);
  if (!row) throw new Error('The database has no key for the URLs of private pictures.');
  return row.key;
}

const keys = new WeakMap<Database, Promise<Uint8Array>>();

/**
 * The key that signs URLs of private pictures: the same for all that serve this database. Read once.
 * @throws when it cannot be read; the next call tries again.
 */
export function mediaKey(given: Database): Promise<Uint8Array> {
  const db = sharedDatabase(given);
  let key = keys.get(db);
  if (!key) {
    // Others wait for it too.
    key = askedByNobody(() => readKey(db));
    keys.set(db, key);
    key.catch(() => keys.delete(db));
  }
  return key;
}
