// What somebody has written, and what they did with posts, as an archive lists it: oldest first, some at a time.
import { type Column, eq, type SQL, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { accounts } from '../accounts/table.ts';
import { categories, postCategories } from '../categories/table.ts';
import { comments } from '../comments/table.ts';
import { pollChoices, polls } from '../polls/table.ts';
import { postAspects, postLikes, postMedia, postStats, postSubscribers, posts } from '../posts/table.ts';
import { isFor } from '../posts/visible.ts';
import { remotes } from '../remotes/table.ts';
import { rooms } from '../rooms/table.ts';
import { users } from '../users/table.ts';
import {
  type After,
  accountOf,
  behind,
  findableBy,
  type PersonRow,
  personColumns,
  remoteOf,
} from './tie-store.ts';

/** A post that something is about, as an archive names it. */
export interface PostRefRow {
  id: string;
  slug: string;
  author: PersonRow;
}

const anyOf = (column: Column, ids: readonly string[]) => sql`${column} = ANY(${keyArray(ids)}::uuid[])`;

/** Some of somebody's posts, without what hangs on them. */
export function postRows(db: Database, authorId: string, after: After, limit: number) {
  return db
    .select({
      post: posts,
      room: { slug: rooms.slug },
      // By others: what somebody does with their own posts is listed as theirs.
      likes: sql<number>`${postStats.likes} - (SELECT count(*) FROM ${postLikes} mine
        WHERE mine.post_id = ${posts.id} AND mine.user_id = ${posts.authorId})::int`,
      comments: sql<number>`${postStats.comments} - (SELECT count(*) FROM ${comments} mine
        WHERE mine.post_id = ${posts.id} AND mine.author_id = ${posts.authorId})::int`,
      reshares: postStats.reshares,
    })
    .from(posts)
    .innerJoin(postStats, eq(postStats.postId, posts.id))
    .leftJoin(rooms, eq(rooms.id, posts.roomId))
    .where(sql`${posts.authorId} = ${authorId}::uuid AND ${behind(posts.createdAt, posts.id, after)}`)
    .orderBy(posts.createdAt, posts.id)
    .limit(limit);
}
export type PostRow = Awaited<ReturnType<typeof postRows>>[number];

/** The slugs of these posts' categories, each post's in their order. */
export function categorySlugsOf(db: Database, postIds: readonly string[]) {
  return db
    .select({ postId: postCategories.postId, slug: categories.slug })
    .from(postCategories)
    .innerJoin(categories, eq(categories.id, postCategories.categoryId))
    .where(anyOf(postCategories.postId, postIds))
    .orderBy(postCategories.postId, postCategories.position);
}

/** The aspects that these posts are for. */
export function aspectIdsOf(db: Database, postIds: readonly string[]) {
  return db
    .select({ postId: postAspects.postId, aspectId: postAspects.aspectId })
    .from(postAspects)
    .where(anyOf(postAspects.postId, postIds));
}

/** The polls of these posts, with their choices in their order. */
export async function pollsOf(db: Database, postIds: readonly string[]) {
  const found = await db.select().from(polls).where(anyOf(polls.postId, postIds));
  if (found.length === 0) return [];
  const choices = await db
    .select()
    .from(pollChoices)
    .where(
      anyOf(
        pollChoices.pollId,
        found.map(({ id }) => id),
      ),
    )
    .orderBy(pollChoices.pollId, pollChoices.position);
  const byPoll = Map.groupBy(choices, ({ pollId }) => pollId);
  return found.map((poll) => ({ ...poll, choices: byPoll.get(poll.id) ?? [] }));
}

const refColumns = { id: posts.id, slug: posts.slug };

/** The post, joined with its author and who they are elsewhere, can be found by this person. */
const seenBy = (me: string): SQL => sql`${findableBy(me)} AND ${isFor(sql`${me}::uuid`)}`;

/** Those of these posts that somebody may see. */
export function postRefs(db: Database, me: string, ids: readonly string[]): Promise<PostRefRow[]> {
  return db
    .select({ ...refColumns, author: personColumns })
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .leftJoin(remotes, remoteOf)
    .leftJoin(accounts, accountOf)
    .where(sql`${anyOf(posts.id, ids)} AND ${seenBy(me)}`);
}

/** Some of somebody's comments. */
export function commentRows(db: Database, authorId: string, after: After, limit: number) {
  return db
    .select({
      id: comments.id,
      postId: comments.postId,
      body: comments.body,
      createdAt: comments.createdAt,
    })
    .from(comments)
    .where(
      sql`${comments.authorId} = ${authorId}::uuid AND ${behind(comments.createdAt, comments.id, after)}`,
    )
    .orderBy(comments.createdAt, comments.id)
    .limit(limit);
}

/** Something done with a post, and when. */
export interface PostDeed {
  at: Date;
  post: Pick<PostRefRow, 'id' | 'slug'>;
  author: PersonRow;
}

/** Some of somebody's likes, of posts that they may see. */
export function likeRows(db: Database, userId: string, after: After, limit: number): Promise<PostDeed[]> {
  return db
    .select({ at: postLikes.createdAt, post: refColumns, author: personColumns })
    .from(postLikes)
    .innerJoin(posts, eq(posts.id, postLikes.postId))
    .innerJoin(users, eq(users.id, posts.authorId))
    .leftJoin(remotes, remoteOf)
    .leftJoin(accounts, accountOf)
    .where(
      sql`${postLikes.userId} = ${userId}::uuid AND ${behind(postLikes.createdAt, postLikes.postId, after)}
        AND ${seenBy(userId)}`,
    )
    .orderBy(postLikes.createdAt, postLikes.postId)
    .limit(limit);
}

/** Some of the posts that somebody is subscribed to and may see, oldest first: when is not known. */
export function subscriptionRows(
  db: Database,
  userId: string,
  after: After,
  limit: number,
): Promise<PostDeed[]> {
  return db
    .select({ at: posts.createdAt, post: refColumns, author: personColumns })
    .from(postSubscribers)
    .innerJoin(posts, eq(posts.id, postSubscribers.postId))
    .innerJoin(users, eq(users.id, posts.authorId))
    .leftJoin(remotes, remoteOf)
    .leftJoin(accounts, accountOf)
    .where(
      sql`${postSubscribers.userId} = ${userId}::uuid AND ${behind(posts.createdAt, posts.id, after)}
        AND ${seenBy(userId)}`,
    )
    .orderBy(posts.createdAt, posts.id)
    .limit(limit);
}

/** Some of the photos of somebody's posts, oldest post first; `at` and `postId` say where the list goes on. */
export function photoRows(db: Database, authorId: string, after: After, limit: number) {
  const photos = alias(postMedia, 'photos');
  return db
    .select({
      id: photos.id,
      at: photos.createdAt,
      postId: photos.postId,
      position: photos.position,
      image: photos.image,
    })
    .from(photos)
    .where(
      sql`${photos.authorId} = ${authorId}::uuid AND ${photos.kind} = 'PHOTO' AND ${behind(photos.createdAt, photos.id, after)}`,
    )
    .orderBy(photos.createdAt, photos.id)
    .limit(limit);
}
