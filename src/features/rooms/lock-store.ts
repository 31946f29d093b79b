// What every write in a room begins with.
import { and, type Column, eq, or, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { subjectsIn } from '../posts/end-store.ts';
import type { Obstacle } from '../relationships/store.ts';
import type { RoomKind, RoomRole } from './rules.ts';
import { roomInvites, roomMembers, roomStats, rooms } from './table.ts';
import { visibleRoom } from './visible.ts';

/** Why something in a room is not done: for the room's sake, or for a person's it was to be done with. */
export type Reason =
  | 'no room'
  | 'not invited'
  | 'no right'
  | 'owns it'
  | 'no such role'
  | 'not in'
  | Obstacle;

/** Thrown by what writes in rooms, with nothing done; each path leads into the input. */
export class RoomDenied extends Error {
  override readonly name = 'RoomDenied';
  readonly denials: readonly { reason: Reason; path: readonly string[] }[];
  constructor(denials: RoomDenied['denials']) {
    super(denials.map(({ reason }) => reason).join(', '));
    this.denials = denials;
  }
}

/** The same for one reason. */
export function denied(reason: Reason, ...path: string[]): RoomDenied {
  return new RoomDenied([{ reason, path }]);
}

/** What whoever acts in a room is to it. */
export interface Here {
  kind: RoomKind;
  /** Null for who is not in it. */
  role: RoomRole | null;
  /** Who has invited them; null for who is not invited. */
  inviterId: string | null;
}

/**
 * Locks a room against all others who write in it, until the transaction ends. What is read after that stays so.
 * @throws RoomDenied where there is no such room, or the actor may not see it.
 */
export async function lockRoom(tx: Database, roomId: string, actor: string): Promise<Here> {
  await lockRooms(tx, [roomId]);
  const [here] = await tx
    .select({ kind: rooms.kind, role: roomMembers.role, inviterId: roomInvites.inviterId })
    .from(rooms)
    .leftJoin(roomMembers, and(eq(roomMembers.roomId, rooms.id), eq(roomMembers.userId, actor)))
    .leftJoin(roomInvites, and(eq(roomInvites.roomId, rooms.id), eq(roomInvites.userId, actor)))
    .where(and(eq(rooms.id, roomId), visibleRoom(sql`${actor}::uuid`)));
  if (!here) throw denied('no room', 'roomId');
  return here;
}

const anyOf = (column: Column, ids: readonly string[]) => sql`${column} = ANY(${keyArray(ids)}::uuid[])`;

/** The same for several at once, by their ids; one that is gone is left out. */
async function lockRooms(tx: Database, ids: readonly string[]): Promise<void> {
  await tx
    .select({ id: roomStats.roomId })
    .from(roomStats)
    .where(anyOf(roomStats.roomId, ids))
    .orderBy(roomStats.roomId)
    .for('no key update');
}

/** Locks all rooms that somebody is in, is invited to, or has invited others to. @returns their ids. */
export async function lockRoomsOf(tx: Database, userId: string): Promise<string[]> {
  const known = await tx
    .select({ id: roomMembers.roomId })
    .from(roomMembers)
    .where(eq(roomMembers.userId, userId))
    .union(
      tx
        .select({ id: roomInvites.roomId })
        .from(roomInvites)
        .where(or(eq(roomInvites.userId, userId), eq(roomInvites.inviterId, userId))),
    );
  const ids = known.map(({ id }) => id);
  await lockRooms(tx, ids);
  return ids;
}

/** Rooms with their posts and what is written under them, as a query of ids: subjects of what people were told. */
export function withPosts(roomIds: readonly string[]): SQL {
  const ids = sql`${keyArray(roomIds)}::uuid[]`;
  return sql`SELECT unnest(${ids}) UNION ${subjectsIn(ids)}`;
}

/** Deletes rooms that are locked, with all that is theirs but notifications. */
export async function deleteLockedRooms(tx: Database, ids: readonly string[]): Promise<void> {
  // First the counters, or they would change once for everybody who is in.
  await tx.delete(roomStats).where(anyOf(roomStats.roomId, ids));
  await tx.delete(rooms).where(anyOf(rooms.id, ids));
}
