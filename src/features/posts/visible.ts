// Which posts may be seen: domain rule 3.6 as one SQL predicate, in this one place.
import { type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { aspectUsers } from '../aspects/table.ts';
import { connected } from '../connections/table.ts';
import { follows } from '../follows/table.ts';
import { roomMembers } from '../rooms/table.ts';
import { visible } from '../users/visible.ts';
import { postAspects, posts } from './table.ts';

/** Whose posts that are not public may be read: an id, or null, from the placeholder `reader`. */
export const reader = sql`${sql.placeholder('reader')}::uuid`;

/**
 * The reader is one of those whom the post is for, its author among them. Whether its author can be found is not asked.
 * @param to who reads; null for those who read what is public alone.
 */
export function isFor(to: SQLWrapper = reader): SQL {
  return sql`(${posts.visibility} = 'PUBLIC' OR ${posts.authorId} = ${to}
    OR CASE ${posts.visibility}
      WHEN 'FOLLOWERS' THEN ${isFollower(to, posts.authorId)}
      WHEN 'CONNECTIONS' THEN ${isConnected(to, posts.authorId)}
      WHEN 'ASPECTS' THEN ${isInAspect(to, posts)}
      WHEN 'ROOM' THEN ${isInRoom(to, posts.roomId)}
    END)`;
}

// Each of these is looked up for each post: without the OFFSETs PostgreSQL may read all that the reader follows into a
// hash, for a few posts.

/** The reader follows the author. */
export function isFollower(to: SQLWrapper, author: SQLWrapper): SQL {
  return sql`EXISTS (
    SELECT FROM ${follows} mine WHERE mine.follower_id = ${to} AND mine.followee_id = ${author} OFFSET 0)`;
}

/** The reader is connected with the author. */
export function isConnected(to: SQLWrapper, author: SQLWrapper): SQL {
  return sql`EXISTS (
    SELECT FROM ${connected} mine WHERE mine.user_id = ${to} AND mine.peer_id = ${author} OFFSET 0)`;
}

/** The reader is in the room. */
export function isInRoom(to: SQLWrapper, room: SQLWrapper): SQL {
  return sql`EXISTS (
    SELECT FROM ${roomMembers} mine WHERE mine.room_id = ${room} AND mine.user_id = ${to} OFFSET 0)`;
}

/** The reader is in one of the aspects that the post is for. */
export function isInAspect(to: SQLWrapper, { id }: { id: SQLWrapper }): SQL {
  return sql`EXISTS (
    SELECT FROM ${postAspects} chosen JOIN ${aspectUsers} mine ON mine.aspect_id = chosen.aspect_id
    WHERE chosen.post_id = ${id} AND mine.user_id = ${to} OFFSET 0)`;
}

/**
 * The post can be found: its author can be (the row of `users` that it is joined with), and the reader is one of those
 * it is for. The viewer comes from the placeholder `viewer`.
 */
export function visiblePost(): SQL {
  return sql`${visible()} AND ${isFor()}`;
}
