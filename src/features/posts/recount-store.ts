import { sql } from 'drizzle-orm';
import type { Tally } from '../../db/recount.ts';
import { comments } from '../comments/table.ts';
import { postLikes, postStats, postSubscribers, posts, postViews } from './table.ts';

const id = sql`${postStats.postId}`;

/** What is counted for posts. */
export const postTally: Tally = {
  table: postStats,
  id: postStats.postId,
  of: { id: posts.id, columns: [{ column: postStats.lastActivityAt, from: posts.createdAt }] },
  counts: [
    { column: postStats.comments, must: sql`(SELECT count(*) FROM ${comments} c WHERE c.post_id = ${id})` },
    { column: postStats.likes, must: sql`(SELECT count(*) FROM ${postLikes} l WHERE l.post_id = ${id})` },
    { column: postStats.reshares, must: sql`(SELECT count(*) FROM ${posts} r WHERE r.root_id = ${id})` },
    {
      column: postStats.subscribers,
      must: sql`(SELECT count(*) FROM ${postSubscribers} s WHERE s.post_id = ${id})`,
    },
    { column: postStats.views, must: sql`(SELECT count(*) FROM ${postViews} v WHERE v.post_id = ${id})` },
    {
      // A comment that was deleted leaves its time behind: only what is too early is wrong.
      column: postStats.lastActivityAt,
      must: sql`greatest(${postStats.lastActivityAt},
        (SELECT p.created_at FROM ${posts} p WHERE p.id = ${id}),
        (SELECT max(c.created_at) FROM ${comments} c WHERE c.post_id = ${id}))`,
    },
  ],
};
