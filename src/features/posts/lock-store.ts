// What every write on a post begins with.
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { lockPeople } from '../users/store.ts';
import { users } from '../users/table.ts';
import { unparted } from '../users/visible.ts';
import { postStats, posts } from './table.ts';
import { isFor } from './visible.ts';

/** Why something on a post is not done. `gone`: the account of whoever acts is. */
export type Reason =
  | 'gone'
  | 'no post'
  | 'no right'
  | 'own post'
  | 'not public'
  | 'reshared already'
  | 'reshare'
  | 'no aspect'
  | 'no category'
  | 'says nothing'
  | 'no title'
  | 'needs no title'
  | 'may not post';

/** Thrown by what writes on posts, with nothing done. */
export class PostDenied extends Error {
  override readonly name = 'PostDenied';
  readonly reason: Reason;
  /** Where in the input it lies, where that is not the post itself. */
  readonly path: readonly string[];
  constructor(reason: Reason, ...path: string[]) {
    super(reason);
    this.reason = reason;
    this.path = path;
  }
}

/** Who acts: the viewer, and the same again where their token lets them read posts that are not public. */
export interface Actor {
  viewer: string;
  reader: string | null;
}

/** What does not change of a post. */
export type Standing = Pick<
  typeof posts.$inferSelect,
  'id' | 'authorId' | 'type' | 'visibility' | 'roomId' | 'rootId'
>;

const standing = {
  id: posts.id,
  authorId: posts.authorId,
  type: posts.type,
  visibility: posts.visibility,
  roomId: posts.roomId,
  rootId: posts.rootId,
};

/** The post can be found by them: its author is not suspended, no block stands between, and it is for them. */
const mayFind = ({ viewer, reader }: Actor) =>
  sql`${users.status} <> 'SUSPENDED' AND ${isFor(sql`${reader}::uuid`)}
    AND ${unparted(sql`${viewer}::uuid`, posts.authorId)}`;

const anyOf = (ids: readonly string[]) => sql`ANY(${keyArray(ids)}::uuid[])`;

/**
 * Locks posts, and the counters of whoever acts and of the posts' authors, against all others who write on them, until
 * the transaction ends.
 * @returns those that are there and that the actor may see, in no order.
 * @throws PostDenied `gone` when the actor's account is.
 */
export async function lockPosts(tx: Database, ids: readonly string[], actor: Actor): Promise<Standing[]> {
  const authors = await tx
    .selectDistinct({ id: posts.authorId })
    .from(posts)
    .where(sql`${posts.id} = ${anyOf(ids)}`);
  const people = await lockPeople(tx, [actor.viewer, ...authors.map(({ id }) => id)]);
  if (!people.includes(actor.viewer)) throw new PostDenied('gone');
  await tx
    .select({ id: postStats.postId })
    .from(postStats)
    .where(sql`${postStats.postId} = ${anyOf(ids)}`)
    .orderBy(postStats.postId)
    .for('no key update');
  return tx
    .select(standing)
    .from(posts)
    .innerJoin(users, eq(users.id, posts.authorId))
    .where(sql`${posts.id} = ${anyOf(ids)} AND ${mayFind(actor)}`);
}

/** The same for one. @throws PostDenied, also when there is no such post for the actor. */
export async function lockPost(tx: Database, id: string, actor: Actor): Promise<Standing> {
  const [post] = await lockPosts(tx, [id], actor);
  if (!post) throw new PostDenied('no post');
  return post;
}

/**
 * The same for one of the actor's own, whether or not their token lets them read it.
 * @param also other posts to lock with it.
 * @throws PostDenied `no right` where it is another's that they may see.
 */
export async function lockOwnPost(
  tx: Database,
  id: string,
  { viewer, reader }: Actor,
  also: readonly string[] = [],
): Promise<Standing> {
  const found = await lockPosts(tx, [id, ...also], { viewer, reader: viewer });
  const post = found.find((one) => one.id === id);
  if (post?.authorId === viewer) return post;
  throw new PostDenied(post && (post.visibility === 'PUBLIC' || reader) ? 'no right' : 'no post');
}

/** Those of these people who may see a post: whatever their tokens, for what they are told. */
export async function readersAmong(
  tx: Database,
  postId: string,
  people: readonly string[],
): Promise<string[]> {
  if (people.length === 0) return [];
  const asked = sql`asked.id`;
  const rows = await tx
    .select({ id: sql<string>`asked.id` })
    .from(sql`unnest(${keyArray(people)}::uuid[]) AS asked(id)`)
    .innerJoin(posts, eq(posts.id, postId))
    .where(sql`${isFor(asked)} AND ${unparted(asked, posts.authorId)}`);
  return rows.map(({ id }) => id);
}
