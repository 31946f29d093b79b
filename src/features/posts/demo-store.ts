// Posts with all that hangs on them, as many at once as there are: for the demo people, whose lives are thought up whole
// before anybody looks. Nothing is locked or checked, for nobody else is there yet; the triggers keep the counters.
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import { commentMentions, comments } from '../comments/table.ts';
import type { Doing } from '../notifications/act-store.ts';
import { pollChoices, polls, pollVoters, pollVotes } from '../polls/table.ts';
import { users } from '../users/table.ts';
import { unparted } from '../users/visible.ts';
import { insertPostTags, type TagPlace } from './label-store.ts';
import { postAspects, postLikes, postMedia, postMentions, posts, postViews } from './table.ts';
import { isFor } from './visible.ts';

/** Posts to write, and what they are made with. */
export interface WrittenPosts {
  posts: readonly (typeof posts.$inferInsert)[];
  media: readonly (typeof postMedia.$inferInsert)[];
  aspects: readonly (typeof postAspects.$inferInsert)[];
  tags: readonly TagPlace[];
  polls: readonly (typeof polls.$inferInsert)[];
  choices: readonly (typeof pollChoices.$inferInsert)[];
}

/** Rows of one INSERT: their parameters must stay below PostgreSQL's 65,535. */
const rowsPerInsert = 1_000;

/**
 * Writes posts. Run it in a transaction.
 * @param at when the tags are made that are not there yet.
 */
export async function insertPosts(tx: Database, made: WrittenPosts, at: Date): Promise<void> {
  await inParts(made.posts, (rows) => tx.insert(posts).values(rows));
  await inParts(made.media, (rows) => tx.insert(postMedia).values(rows));
  await inParts(made.aspects, (rows) => tx.insert(postAspects).values(rows));
  await inParts(made.polls, (rows) => tx.insert(polls).values(rows));
  await inParts(made.choices, (rows) => tx.insert(pollChoices).values(rows));
  await insertPostTags(tx, made.tags, at);
}

async function inParts<Row>(
  all: readonly Row[],
  insert: (rows: Row[]) => PromiseLike<unknown>,
): Promise<void> {
  for (let start = 0; start < all.length; start += rowsPerInsert) {
    await insert(all.slice(start, start + rowsPerInsert));
  }
}

/** Who may see each of these posts, its author among them: ids by the post's. */
export async function readersOf(
  tx: Database,
  postIds: readonly string[],
): Promise<Map<string, ReadonlySet<string>>> {
  const rows = await tx
    .select({ postId: posts.id, readers: sql<string[]>`json_agg(${users.id} ORDER BY ${users.id})` })
    .from(posts)
    .innerJoin(users, sql`${isFor(users.id)} AND ${unparted(users.id, posts.authorId)}`)
    .where(sql`${posts.id} = ANY(${keyArray(postIds)}::uuid[])`)
    .groupBy(posts.id);
  return new Map(rows.map(({ postId, readers }) => [postId, new Set(readers)]));
}

/** What came of posts. */
export interface DoneWithPosts {
  /** Posts that name somebody: with these marked in their html. */
  mentions: readonly { postId: string; html: string; mentioned: readonly string[] }[];
  comments: readonly (typeof comments.$inferInsert & { mentioned: readonly string[] })[];
  likes: readonly { postId: string; userId: string; at: Date }[];
  voters: readonly (typeof pollVoters.$inferInsert)[];
  votes: readonly (typeof pollVotes.$inferInsert)[];
  views: readonly (typeof postViews.$inferInsert)[];
}

/** Writes what came of posts; nobody is told. Run it in a transaction. */
export async function insertDeeds(tx: Database, done: DoneWithPosts): Promise<void> {
  for (const { postId, html } of done.mentions) {
    await tx.update(posts).set({ html }).where(eq(posts.id, postId));
  }
  const named = done.mentions.flatMap(({ postId, mentioned }) =>
    mentioned.map((userId, position) => ({ postId, userId, position })),
  );
  await inParts(named, (rows) => tx.insert(postMentions).values(rows));
  await inParts(
    done.comments.map(({ mentioned: _, ...row }) => row),
    (rows) => tx.insert(comments).values(rows),
  );
  const namedBelow = done.comments.flatMap(({ id, mentioned }) =>
    mentioned.map((userId, position) => ({ commentId: id, userId, position })),
  );
  await inParts(namedBelow, (rows) => tx.insert(commentMentions).values(rows));
  await tx.insert(postLikes).select(
    sql`SELECT * FROM unnest(${keyArray(done.likes.map(({ postId }) => postId))}::uuid[],
      ${keyArray(done.likes.map(({ userId }) => userId))}::uuid[], ${timeArray(done.likes)}::timestamptz[])`,
  );
  await inParts(done.voters, (rows) => tx.insert(pollVoters).values(rows));
  await inParts(done.votes, (rows) => tx.insert(pollVotes).values(rows));
  await tx.insert(postViews).select(
    sql`SELECT * FROM unnest(${keyArray(done.views.map(({ postId }) => postId))}::uuid[],
      ${keyArray(done.views.map(({ userId }) => userId))}::uuid[])`,
  );
}

const timeArray = (rows: readonly { at: Date }[]) => `{${rows.map(({ at }) => at.toISOString()).join(',')}}`;

/** Something that one person is told of. */
export interface Told extends Doing {
  receiver: string;
}

/** Tells people of what was done, as `tell` does for one act, in this order and in one statement. */
export async function tellAll(tx: Database, all: readonly Told[]): Promise<void> {
  const column = (of: (told: Told) => string) => keyArray(all.map(of));
  await tx.select({ told: sql<number>`count(*)::int` }).from(
    sql`unnest(${column(({ kind }) => kind)}::text[], ${column(({ subject }) => subject.type)}::text[],
        ${column(({ subject }) => subject.id)}::uuid[], ${column(({ actor }) => actor)}::uuid[],
        ${column(({ receiver }) => receiver)}::uuid[], ${column(({ at }) => newId(at))}::uuid[], ${timeArray(all)}::timestamptz[])
      AS done(kind, type, subject, actor, receiver, id, at),
      LATERAL tell(done.kind, done.type, done.subject, done.actor, ARRAY[done.receiver], ARRAY[done.id], done.at) AS told`,
  );
}
