import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { given } from '../../db/given.ts';
import { forgetSubjects } from '../notifications/act-store.ts';
import { authorsIn } from '../posts/end-store.ts';
import { lockOwner, lockPeople } from '../users/store.ts';
import { deleteLockedRooms, denied, lockRoom, withPosts } from './lock-store.ts';
import { mayDelete, mayManage } from './rules.ts';
import { roomMembers, rooms } from './table.ts';

/**
 * Creates a room, whose owner is the first in it.
 * @param joinedAt since when they are.
 * @returns whether the owner is there.
 * @throws rooms_slug_unique when another room has the slug.
 */
export function insertRoom(
  db: Database,
  room: typeof rooms.$inferInsert,
  ownerId: string,
  joinedAt: Date = room.createdAt,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    // Whoever is being deleted gets no more rooms: see leaveRooms.
    if (!(await lockOwner(tx, ownerId))) return false;
    await tx.insert(rooms).values(room);
    await tx.insert(roomMembers).values({ roomId: room.id, userId: ownerId, role: 'OWNER', joinedAt });
    return true;
  });
}

/** Columns of a room to change; what is undefined stays as it is. */
export type RoomChange = {
  [Column in 'name' | 'searchText' | 'description' | 'isPublic' | 'avatar']?:
    | (typeof rooms.$inferInsert)[Column]
    | undefined;
};

/** Changes a room. @throws RoomDenied */
export function updateRoom(db: Database, id: string, actor: string, change: RoomChange): Promise<void> {
  return transaction(db, async (tx) => {
    const { role } = await lockRoom(tx, id, actor);
    if (!mayManage(role)) throw denied('no right', 'roomId');
    const columns = given(change);
    if (Object.keys(columns).length > 0) await tx.update(rooms).set(columns).where(eq(rooms.id, id));
  });
}

/** Deletes a room and all notifications about it. @returns whose they were. @throws RoomDenied */
export function deleteRoom(db: Database, id: string, actor: string): Promise<string[]> {
  return transaction(db, async (tx) => {
    // A million people in it may take longer than a statement usually may.
    await tx.execute(sql`SET LOCAL statement_timeout = '60s'`);
    // Their counters change with the posts that go.
    await lockPeople(tx, await authorsIn(tx, id));
    const { role } = await lockRoom(tx, id, actor);
    if (!mayDelete(role)) throw denied('no right', 'roomId');
    const told = await forgetSubjects(tx, withPosts([id]));
    await deleteLockedRooms(tx, [id]);
    return told;
  });
}
