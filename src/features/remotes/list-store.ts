import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { writing } from '../../db/errors.ts';
import { type RemoteList, remotePages } from './table.ts';

/** How far a list of a remote person has been read; null where it has not been. */
export async function listState(db: Database, userId: string, list: RemoteList) {
  const [row] = await db
    .select({ fetchedAt: remotePages.fetchedAt, next: remotePages.next })
    .from(remotePages)
    .where(and(eq(remotePages.userId, userId), eq(remotePages.list, list)));
  return row ?? null;
}

/**
 * Notes that a page of a list was read.
 * @param state where it goes on; with the time where it was the first page.
 */
export async function noteList(
  db: Database,
  userId: string,
  list: RemoteList,
  state: { fetchedAt?: Date; next: string | null },
): Promise<void> {
  const { fetchedAt, next } = state;
  await writing(db, (to) =>
    fetchedAt
      ? to
          .insert(remotePages)
          .select(
            sql`SELECT user_id, ${list}::text, ${fetchedAt.toISOString()}::timestamptz, ${next}::text FROM remotes WHERE user_id = ${userId}`,
          )
          .onConflictDoUpdate({ target: [remotePages.userId, remotePages.list], set: { fetchedAt, next } })
      : to
          .update(remotePages)
          .set({ next })
          .where(and(eq(remotePages.userId, userId), eq(remotePages.list, list))),
  );
}
