// Polls as they are made, voted in and closed. Whoever votes or closes holds the lock of the post, so that nobody votes
// twice, or after the end.
import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { tell } from '../notifications/act-store.ts';
import { type Actor, lockPost, type Standing } from '../posts/lock-store.ts';
import { isClosed, type NewPoll } from './rules.ts';
import { pollChoices, polls, pollVoters, pollVotes } from './table.ts';

/** Why something in a poll is not done. */
export type Reason = 'no poll' | 'closed' | 'voted' | 'too many' | 'no choice' | 'not the author';

/** Thrown by what writes in polls, with nothing done; each path leads into the input. */
export class PollDenied extends Error {
  override readonly name = 'PollDenied';
  readonly denials: readonly { reason: Reason; path: readonly string[] }[];
  constructor(denials: PollDenied['denials']) {
    super(denials.map(({ reason }) => reason).join(', '));
    this.denials = denials;
  }
}

function denied(reason: Reason, ...path: string[]): PollDenied {
  return new PollDenied([{ reason, path }]);
}

/** Puts a poll into a post that is being made. Run it in the transaction that makes the post. */
export async function insertPoll(
  tx: Database,
  postId: string,
  { choices, expiresAt = null, ...poll }: NewPoll,
  at: Date,
): Promise<void> {
  const pollId = newId(at);
  await tx.insert(polls).values({ ...poll, id: pollId, postId, expiresAt, createdAt: at, updatedAt: at });
  await tx
    .insert(pollChoices)
    .values(choices.map((text, position) => ({ id: newId(at), pollId, position, text })));
}

/** A poll whose post is locked. @throws PollDenied where there is none; PostDenied where the actor may not see it. */
async function lockPoll(
  tx: Database,
  pollId: string,
  who: Actor,
): Promise<{ post: Standing; poll: typeof polls.$inferSelect }> {
  const [of] = await tx.select({ postId: polls.postId }).from(polls).where(eq(polls.id, pollId));
  if (!of) throw denied('no poll', 'pollId');
  const post = await lockPost(tx, of.postId, who);
  const [poll] = await tx.select().from(polls).where(eq(polls.id, pollId));
  if (!poll) throw denied('no poll', 'pollId');
  return { post, poll };
}

/**
 * Votes in a poll, and tells the author of its post where it shows who voted.
 * @param choiceIds null for what is no choice's id; the same one several times is chosen once.
 * @returns whose notifications may have changed.
 * @throws PollDenied, PostDenied
 */
export function vote(
  db: Database,
  who: Actor,
  pollId: string,
  choiceIds: readonly (string | null)[],
  at: Date,
): Promise<string[]> {
  return transaction(db, async (tx) => {
    const { post, poll } = await lockPoll(tx, pollId, who);
    const voter = { pollId, userId: who.viewer, votedAt: at };
    if (isClosed(poll, at)) throw denied('closed', 'pollId');
    const counted = await tx
      .insert(pollVoters)
      .values(voter)
      .onConflictDoNothing()
      .returning({ id: pollVoters.userId });
    if (counted.length === 0) throw denied('voted', 'pollId');
    const known = await tx
      .select({ id: pollChoices.id })
      .from(pollChoices)
      .where(eq(pollChoices.pollId, pollId));
    const choices = new Set<string | null>(known.map(({ id }) => id));
    const denials = choiceIds.flatMap((id, i) =>
      choices.has(id) ? [] : [{ reason: 'no choice' as const, path: ['choiceIds', String(i)] }],
    );
    if (denials.length > 0) throw new PollDenied(denials);
    const chosen = [...new Set(choiceIds)].filter((id) => id !== null);
    if (chosen.length > 1 && !poll.multipleChoice) throw denied('too many', 'choiceIds');
    await tx.insert(pollVotes).values(chosen.map((choiceId) => ({ ...voter, choiceId })));
    // What the author is told says who it was.
    if (!poll.showsVoters) return [];
    const subject = { type: 'Post', id: post.id } as const;
    return tell(tx, { kind: 'POLL_VOTED', subject, actor: who.viewer, at }, [post.authorId]);
  });
}

/** Closes a poll for its author; one that is closed, or has ended, stays as it is. @throws PollDenied, PostDenied */
export function closePoll(db: Database, who: Actor, pollId: string, at: Date): Promise<void> {
  return transaction(db, async (tx) => {
    const { post, poll } = await lockPoll(tx, pollId, who);
    if (post.authorId !== who.viewer) throw denied('not the author', 'pollId');
    if (isClosed(poll, at)) return;
    await tx.update(polls).set({ closedAt: at, updatedAt: at }).where(eq(polls.id, pollId));
  });
}
