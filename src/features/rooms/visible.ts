// Which rooms may be seen, as an SQL predicate in this one place.
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { roomInvites, roomMembers, rooms } from './table.ts';

/** Who reads rooms: an id, or null, from the placeholder `reader`. */
export const reader = sql`${sql.placeholder('reader')}::uuid`;

/**
 * The room can be found: it is public, or the reader is in it or invited. A block between the reader and whoever owns
 * it changes nothing.
 */
export function visibleRoom(to: SQLWrapper = reader): SQL {
  return sql`(${rooms.isPublic}
    OR EXISTS (SELECT FROM ${roomMembers} mine WHERE mine.room_id = ${rooms.id} AND mine.user_id = ${to})
    OR EXISTS (SELECT FROM ${roomInvites} mine WHERE mine.room_id = ${rooms.id} AND mine.user_id = ${to}))`;
}
