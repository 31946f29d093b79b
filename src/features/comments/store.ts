import { eq, type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { type KeyKind, ordered, parentsOf, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared, preparedFor } from '../../db/prepared.ts';
import type { PostReader } from '../posts/store.ts';
import { postStats, posts } from '../posts/table.ts';
import { visiblePost } from '../posts/visible.ts';
import { peerCounts } from '../users/peer-store.ts';
import { users } from '../users/table.ts';
import { visible } from '../users/visible.ts';
import { type CommentCard, type CommentRow, commentColumns } from './card.ts';
import { comments } from './table.ts';

const byId = prepared((db) =>
  db
    .select(commentColumns)
    .from(comments)
    .innerJoin(posts, eq(posts.id, comments.postId))
    .innerJoin(users, eq(users.id, posts.authorId))
    // `users` out here is the post's author, whom the post's own predicate asks of.
    .where(
      sql`${comments.id} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${visiblePost()}
        AND EXISTS (SELECT FROM ${users} WHERE ${users.id} = ${comments.authorId} AND ${visible()})`,
    ),
);

/** The comments with these ids whose authors and posts can be found, in no order. */
export function commentsById(db: Database, who: PostReader, ids: readonly string[]): Promise<CommentRow[]> {
  return byId(db, { ...who, ids: keyArray(ids) });
}

/** One entry in the list of a post's comments. */
export interface ListedComment {
  /** The post. */
  parentId: string;
  comment: CommentRow;
}

/** Comments go by their time, then by their ids. */
export const commentKeys: readonly KeyKind[] = ['time', 'id'];

const pageOf = (ascending: boolean) =>
  preparedFor((db, card: CommentCard) => {
    const order: SQLWrapper[] = [comments.createdAt, comments.id];
    const parents = parentsOf(db);
    const page = db
      .select(card.columns)
      .from(comments)
      .innerJoin(users, eq(users.id, comments.authorId))
      .where(sql`${comments.postId} = ${parents.id} AND ${within(order, commentKeys)} AND ${visible()}`)
      .orderBy(...ordered(order, ascending))
      .limit(sql.placeholder('limit'))
      .as('page');
    return db
      .select({ parentId: parents.id, comment: card.from(page) })
      .from(parents)
      .crossJoinLateral(page);
  });
const up = pageOf(true);
const down = pageOf(false);

/**
 * For each post a page of its comments, without those of people whom the viewer cannot find. One statement. Whether the
 * posts may be seen is not asked.
 */
export function commentsPages(
  db: Database,
  viewer: string | null,
  postIds: readonly string[],
  card: CommentCard,
  window: Window,
): Promise<ListedComment[]> {
  const values = { viewer, parents: keyArray(postIds), ...windowValues(window, commentKeys) };
  return (window.ascending ? up : down)(db, card, values);
}

/** How many comments each post has, as far as the viewer can find who wrote them. */
export const commentsCounts = peerCounts(
  { table: comments, parent: comments.postId, peer: comments.authorId },
  { in: postStats, of: postStats.postId, count: postStats.comments },
);
