// What people do with posts without a word: likes, subscriptions, and what they have seen. Everything that writes here
// holds the post's lock, so what it writes is of a post that the actor sees.
import { and, eq, type SQL, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { type Doing, takeBack, tell } from '../notifications/act-store.ts';
import { peerCounts, peerPages } from '../users/peer-store.ts';
import { type Actor, lockPost, lockPosts, PostDenied } from './lock-store.ts';
import { postLikes, postStats, postSubscribers, posts, postViews } from './table.ts';

const liked = (postId: string, actor: string): Omit<Doing, 'at'> => ({
  kind: 'POST_LIKED',
  subject: { type: 'Post', id: postId },
  actor,
});

/**
 * Likes a post, and tells its author; liking it already changes nothing.
 * @param quietly whether nobody is told.
 * @returns whose notifications may have changed.
 * @throws PostDenied
 */
export function like(db: Database, who: Actor, postId: string, at: Date, quietly = false): Promise<string[]> {
  return transaction(db, async (tx) => {
    const { authorId } = await lockPost(tx, postId, who);
    const made = await tx
      .insert(postLikes)
      .values({ postId, userId: who.viewer, createdAt: at })
      .onConflictDoNothing()
      .returning({ id: postLikes.userId });
    return made.length === 0 || quietly ? [] : tell(tx, { ...liked(postId, who.viewer), at }, [authorId]);
  });
}

/** Likes a post no longer; not liking it changes nothing. @returns as above. @throws PostDenied */
export function unlike(db: Database, who: Actor, postId: string): Promise<string[]> {
  return transaction(db, async (tx) => {
    await lockPost(tx, postId, who);
    const ended = await tx
      .delete(postLikes)
      .where(and(eq(postLikes.postId, postId), eq(postLikes.userId, who.viewer)))
      .returning({ id: postLikes.userId });
    return ended.length === 0 ? [] : takeBack(tx, liked(postId, who.viewer));
  });
}

/** Asks to be told of a post's comments; having asked already changes nothing. @throws PostDenied */
export function subscribe(db: Database, who: Actor, postId: string): Promise<void> {
  return transaction(db, async (tx) => {
    await lockPost(tx, postId, who);
    await tx.insert(postSubscribers).values({ postId, userId: who.viewer }).onConflictDoNothing();
  });
}

/** Wants no more to be told of a post's comments; not having asked changes nothing. @throws PostDenied */
export function unsubscribe(db: Database, who: Actor, postId: string): Promise<void> {
  return transaction(db, async (tx) => {
    await lockPost(tx, postId, who);
    await tx
      .delete(postSubscribers)
      .where(and(eq(postSubscribers.postId, postId), eq(postSubscribers.userId, who.viewer)));
  });
}

/**
 * Marks posts seen.
 * @param postIds any number, even several times.
 * @returns how many had not been seen by the viewer until now.
 * @throws PostDenied when one of them is not there for the viewer: then none is marked.
 */
export function markSeen(db: Database, who: Actor, postIds: readonly string[]): Promise<number> {
  return transaction(db, async (tx) => {
    const ids = [...new Set(postIds)];
    const found = await lockPosts(tx, ids, who);
    if (found.length < ids.length) throw new PostDenied('no post');
    if (ids.length === 0) return 0;
    const seen = await tx
      .insert(postViews)
      .values(ids.map((postId) => ({ postId, userId: who.viewer })))
      .onConflictDoNothing()
      .returning({ id: postViews.postId });
    return seen.length;
  });
}

const likeSource = {
  table: postLikes,
  parent: postLikes.postId,
  peer: postLikes.userId,
  at: postLikes.createdAt,
};

/** Pages of who likes each post, last to like it first. */
export const likePages = peerPages(likeSource);

/** How many like each post, as far as the viewer can find them. */
export const likeCounts = peerCounts(likeSource, {
  in: postStats,
  of: postStats.postId,
  count: postStats.likes,
});

/** What the viewer has done with a post. */
export interface ViewerStateRow {
  postId: string;
  liked: boolean;
  reshared: boolean;
  subscribed: boolean;
  seen: boolean;
}

type Deed = Exclude<keyof ViewerStateRow, 'postId'>;

const deeds = prepared((db) => {
  const viewer = sql`${sql.placeholder('viewer')}::uuid`;
  const ids = sql`ANY(${sql.placeholder('ids')}::uuid[])`;
  const columns = (id: SQL, deed: Deed) => ({
    id: sql<string>`${id}`.as('id'),
    deed: sql<Deed>`${sql.raw(`'${deed}'`)}::text`.as('deed'),
  });
  return unionAll(
    db
      .select(columns(sql`${postLikes.postId}`, 'liked'))
      .from(postLikes)
      .where(sql`${postLikes.userId} = ${viewer} AND ${postLikes.postId} = ${ids}`),
    db
      .select(columns(sql`${posts.rootId}`, 'reshared'))
      .from(posts)
      .where(sql`${posts.authorId} = ${viewer} AND ${posts.rootId} = ${ids}`),
    db
      .select(columns(sql`${postSubscribers.postId}`, 'subscribed'))
      .from(postSubscribers)
      .where(sql`${postSubscribers.userId} = ${viewer} AND ${postSubscribers.postId} = ${ids}`),
    db
      .select(columns(sql`${postViews.postId}`, 'seen'))
      .from(postViews)
      .where(sql`${postViews.userId} = ${viewer} AND ${postViews.postId} = ${ids}`),
  );
});

/** What the viewer has done with each of these posts, in their order. One statement. */
export async function viewerStatesOf(
  db: Database,
  viewer: string,
  ids: readonly string[],
): Promise<ViewerStateRow[]> {
  const states = new Map<string, ViewerStateRow>(
    ids.map((postId) => [postId, { postId, liked: false, reshared: false, subscribed: false, seen: false }]),
  );
  for (const { id, deed } of await deeds(db, { viewer, ids: keyArray(ids) })) {
    const state = states.get(id);
    if (state) state[deed] = true;
  }
  return [...states.values()];
}
