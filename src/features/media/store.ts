import { randomBytes } from 'node:crypto';
import { inArray, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { writing } from '../../db/errors.ts';
import { mediaFiles } from './table.ts';

/** A name for a new picture's files: random, and written down before there is any file of it. */
export async function reserveName(db: Database, at: Date): Promise<string> {
  const name = randomBytes(16).toString('hex');
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
