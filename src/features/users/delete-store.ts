import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { connections } from '../connections/table.ts';
import { follows } from '../follows/table.ts';
import { lockInboxes } from '../notifications/act-store.ts';
import { notificationActors, notifications } from '../notifications/table.ts';
import { lockPostStats, postsTouchedBy, subjectsBy } from '../posts/end-store.ts';
import { posts } from '../posts/table.ts';
import { leaveRooms } from '../rooms/act-store.ts';
import { lockRoomsOf } from '../rooms/lock-store.ts';
import { roomMembers } from '../rooms/table.ts';
import { lockNeighbours, NeighboursChanged } from './neighbours-store.ts';
import { userStats, users } from './table.ts';

/**
 * Deletes a person and all that is theirs, in one transaction: counters of those they followed and were followed by
 * go with it, and what others were told of them; rooms of theirs go to an admin, or as well. Their username, sid and
 * identities stay claimed.
 * @returns whose notifications and requests may have changed.
 */
export async function deleteUser(db: Database, id: string): Promise<string[]> {
  for (;;) {
    try {
      return await transaction(db, (tx) => deleteLocked(tx, id));
    } catch (error) {
      if (!(error instanceof NeighboursChanged)) throw error;
    }
  }
}

async function deleteLocked(tx: Database, id: string): Promise<string[]> {
  // Somebody with a million followers may take longer than a statement usually may.
  await tx.execute(sql`SET LOCAL statement_timeout = '60s'`);
  await lockNeighbours(tx, id);
  const rooms = await lockRoomsOf(tx, id);
  await lockPostStats(tx, postsTouchedBy(id));
  const told = await lockInboxes(
    tx,
    sql`SELECT ${notificationActors.receiverId} FROM ${notificationActors} WHERE ${notificationActors.actorId} = ${id}
      UNION SELECT ${notifications.receiverId} FROM ${notifications} WHERE ${notifications.subjectId} IN (
        SELECT ${roomMembers.roomId} FROM ${roomMembers} WHERE ${roomMembers.userId} = ${id} AND ${roomMembers.role} = 'OWNER')
      UNION SELECT ${notifications.receiverId} FROM ${notifications} WHERE ${notifications.subjectId} IN (${subjectsBy(id)})
      UNION SELECT ${id}::uuid`,
  );
  await tx.delete(notifications).where(sql`${notifications.subjectId} IN (${subjectsBy(id)})`);
  const asked = await tx
    .select({ id: connections.addresseeId })
    .from(connections)
    .where(and(eq(connections.requesterId, id), eq(connections.status, 'PENDING')));
  await leaveRooms(tx, id, rooms);
  const followed = tx
    .$with('followed')
    .as(tx.delete(follows).where(eq(follows.followerId, id)).returning({ id: follows.followeeId }));
  const following = tx
    .$with('following')
    .as(tx.delete(follows).where(eq(follows.followeeId, id)).returning({ id: follows.followerId }));
  await tx
    .with(followed, following)
    .update(userStats)
    .set({
      followers: sql`${userStats.followers} - (${userStats.userId} IN (SELECT ${followed.id} FROM ${followed}))::int`,
      following: sql`${userStats.following} - (${userStats.userId} IN (SELECT ${following.id} FROM ${following}))::int`,
    })
    .where(
      sql`${userStats.userId} IN (SELECT ${followed.id} FROM ${followed} UNION ALL SELECT ${following.id} FROM ${following})`,
    );
  // By themselves: gone with the person, a post would be gone before the counters of what the person did with it have been
  // changed, and a row of counters that changes twice must have its post.
  await tx.delete(posts).where(eq(posts.authorId, id));
  await tx.delete(users).where(eq(users.id, id));
  return [...told, ...asked.map((request) => request.id)];
}
