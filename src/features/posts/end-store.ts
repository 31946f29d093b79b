// What goes with a person, or a room, of what hangs on posts.
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { comments } from '../comments/table.ts';
import { polls, pollVoters } from '../polls/table.ts';
import { postLikes, postStats, postSubscribers, posts, postViews } from './table.ts';

/** The posts whose counters change when a person goes, as a query of their ids. */
export function postsTouchedBy(userId: string): SQL {
  return sql`SELECT post_id FROM ${postLikes} WHERE user_id = ${userId}
    UNION SELECT post_id FROM ${postSubscribers} WHERE user_id = ${userId}
    UNION SELECT post_id FROM ${postViews} WHERE user_id = ${userId}
    UNION SELECT post_id FROM ${comments} WHERE author_id = ${userId}
    UNION SELECT p.post_id FROM ${polls} p JOIN ${pollVoters} v ON v.poll_id = p.id WHERE v.user_id = ${userId}
    UNION SELECT root_id FROM ${posts} WHERE author_id = ${userId} AND root_id IS NOT NULL
    UNION SELECT id FROM ${posts} WHERE author_id = ${userId}`;
}

/** What a person wrote, and what is written under it, as a query of ids: subjects of what others were told. */
export function subjectsBy(userId: string): SQL {
  return sql`SELECT id FROM ${posts} WHERE author_id = ${userId}
    UNION SELECT id FROM ${comments} WHERE author_id = ${userId}
    UNION SELECT c.id FROM ${comments} c JOIN ${posts} p ON p.id = c.post_id WHERE p.author_id = ${userId}`;
}

/** Locks posts' counters against all others who write on them, until the transaction ends. @param ids a query of ids. */
export async function lockPostStats(tx: Database, ids: SQL): Promise<void> {
  await tx
    .select({ id: postStats.postId })
    .from(postStats)
    .where(sql`${postStats.postId} IN (${ids})`)
    .orderBy(postStats.postId)
    .for('no key update');
}

/** The posts in a room, and what is written under them, as a query of ids. */
export function subjectsIn(roomIds: SQL): SQL {
  return sql`SELECT id FROM ${posts} WHERE room_id = ANY(${roomIds})
    UNION SELECT c.id FROM ${comments} c JOIN ${posts} p ON p.id = c.post_id WHERE p.room_id = ANY(${roomIds})`;
}

/** Those who posted in a room. */
export async function authorsIn(db: Database, roomId: string): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: posts.authorId })
    .from(posts)
    .where(sql`${posts.roomId} = ${roomId}`);
  return rows.map(({ id }) => id);
}
