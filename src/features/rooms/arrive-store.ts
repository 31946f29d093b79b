import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { roomMembers, rooms } from './table.ts';

/** The id of a room by its slug, where this person owns it; null where there is none. */
export async function roomOfOwner(db: Database, slug: string, ownerId: string): Promise<string | null> {
  const [found] = await db
    .select({ id: rooms.id })
    .from(rooms)
    .innerJoin(roomMembers, and(eq(roomMembers.roomId, rooms.id), eq(roomMembers.role, 'OWNER')))
    .where(sql`${rooms.slug} = ${slug} AND ${roomMembers.userId} = ${ownerId}::uuid`);
  return found?.id ?? null;
}

/** Whether somebody is in a room. */
export async function isInside(db: Database, roomId: string, userId: string): Promise<boolean> {
  return (
    (await db.$count(roomMembers, and(eq(roomMembers.roomId, roomId), eq(roomMembers.userId, userId)))) > 0
  );
}
