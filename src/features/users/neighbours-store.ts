import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { connections } from '../connections/table.ts';
import { follows } from '../follows/table.ts';
import { postsTouchedBy } from '../posts/end-store.ts';
import { posts } from '../posts/table.ts';
import { userStats } from './table.ts';

/** Somebody has come to have to do with a person while those who had were locked: all of it has to begin again. */
export class NeighboursChanged extends Error {
  override readonly name = 'NeighboursChanged';
}

/**
 * Locks the counters of a person who is about to go, and of all whose counters change then, in the order every writer
 * takes them in.
 * @param also a query of the ids of others to lock with them.
 * @returns the ids of those who are there.
 * @throws NeighboursChanged
 */
export async function lockNeighbours(tx: Database, id: string, also?: SQL): Promise<Set<string>> {
  const neighbours = () =>
    tx
      .select({ id: userStats.userId })
      .from(userStats)
      .where(
        sql`${userStats.userId} IN (
          SELECT ${follows.followeeId} FROM ${follows} WHERE ${follows.followerId} = ${id}
          UNION SELECT ${follows.followerId} FROM ${follows} WHERE ${follows.followeeId} = ${id}
          UNION SELECT ${connections.requesterId} FROM ${connections} WHERE ${connections.addresseeId} = ${id}
          UNION SELECT ${connections.addresseeId} FROM ${connections} WHERE ${connections.requesterId} = ${id}
          UNION SELECT ${posts.authorId} FROM ${posts} WHERE ${posts.id} IN (${postsTouchedBy(id)})
          UNION SELECT ${id}::uuid${also ? sql` UNION ${also}` : sql``})`,
      )
      .orderBy(userStats.userId);
  // All counters that will change. Who came while this waited is not locked, and could no longer be in order.
  const locked = new Set((await neighbours().for('no key update')).map((row) => row.id));
  if ((await neighbours()).some((row) => !locked.has(row.id))) throw new NeighboursChanged();
  return locked;
}
