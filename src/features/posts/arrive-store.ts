// What a post was in another Kith, and is no matter of who writes it.
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { pollChoices, polls } from '../polls/table.ts';
import { postLikes, postSubscribers, posts } from './table.ts';

/** A poll as it was: counts stand for the voters, who did not come along. */
export interface FormerPoll {
  createdAt: Date;
  updatedAt: Date;
  closedAt: Date | null;
  voters: number;
  /** Of each choice, in their order. */
  votes: readonly number[];
}

/**
 * Gives a post that has just been written the slug it had, where its author has none such here, and its times; and its
 * poll what was voted. Run it in the transaction that writes the post.
 */
export async function settlePost(
  tx: Database,
  id: string,
  former: { slug: string | null; updatedAt: Date; poll: FormerPoll | null },
): Promise<void> {
  const { slug, updatedAt, poll } = former;
  await tx
    .update(posts)
    .set({
      updatedAt,
      ...(slug === null
        ? {}
        : {
            slug: sql`CASE WHEN EXISTS (SELECT FROM ${posts} other WHERE other.author_id = ${posts.authorId} AND other.slug = ${slug})
              THEN ${posts.slug} ELSE ${slug} END`,
          }),
    })
    .where(eq(posts.id, id));
  if (!poll) return;
  const { votes, voters: importedVoters, ...times } = poll;
  const [changed] = await tx
    .update(polls)
    .set({ ...times, importedVoters })
    .where(eq(polls.postId, id))
    .returning({ id: polls.id });
  if (!changed) return;
  for (const [position, importedVotes] of votes.entries()) {
    await tx
      .update(pollChoices)
      .set({ importedVotes })
      .where(sql`${pollChoices.pollId} = ${changed.id} AND ${pollChoices.position} = ${position}`);
  }
}

/** Whether somebody likes a post, or is told of its comments, already. */
export async function hasDone(
  db: Database,
  deed: 'like' | 'subscription',
  userId: string,
  postId: string,
): Promise<boolean> {
  const table = deed === 'like' ? postLikes : postSubscribers;
  return (await db.$count(table, and(eq(table.postId, postId), eq(table.userId, userId)))) > 0;
}
