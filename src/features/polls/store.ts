import { eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { posts } from '../posts/table.ts';
import { peerCounts, peerPages } from '../users/peer-store.ts';
import { pollChoices, polls, pollVotes } from './table.ts';

const columns = {
  id: polls.id,
  postId: polls.postId,
  question: polls.question,
  multipleChoice: polls.multipleChoice,
  isHidden: polls.isHidden,
  showsVoters: polls.showsVoters,
  createdAt: polls.createdAt,
  updatedAt: polls.updatedAt,
  expiresAt: polls.expiresAt,
  closedAt: polls.closedAt,
  // Those who voted where it was before as well: of them there are no rows.
  voters: sql<number>`${polls.voters} + ${polls.importedVoters}`,
  authorId: posts.authorId,
  visibility: posts.visibility,
};

/** A poll, and of its post what decides who may do what with it. */
export type PollRow = Awaited<ReturnType<typeof pollsById>>[number];

const ids = sql`ANY(${sql.placeholder('ids')}::uuid[])`;
const found = (condition: SQL) =>
  prepared((db) =>
    db.select(columns).from(polls).innerJoin(posts, eq(posts.id, polls.postId)).where(condition),
  );
const byId = found(sql`${polls.id} = ${ids}`);
const byPost = found(sql`${polls.postId} = ${ids}`);

/** The polls with these ids, in no order. Whether their posts may be seen is not asked. */
export function pollsById(db: Database, pollIds: readonly string[]) {
  return byId(db, { ids: keyArray(pollIds) });
}

/** The polls of these posts, in no order. Whether the posts may be seen is not asked. */
export function pollsOfPosts(db: Database, postIds: readonly string[]): Promise<PollRow[]> {
  return byPost(db, { ids: keyArray(postIds) });
}

const choiceColumns = {
  id: pollChoices.id,
  pollId: pollChoices.pollId,
  position: pollChoices.position,
  text: pollChoices.text,
  votes: sql<number>`${pollChoices.votes} + ${pollChoices.importedVotes}`,
};

/** An answer to choose from. */
export type ChoiceRow = Pick<typeof pollChoices.$inferSelect, keyof typeof choiceColumns>;

const choiceById = prepared((db) =>
  db.select(choiceColumns).from(pollChoices).where(sql`${pollChoices.id} = ${ids}`),
);
const choicesByPoll = prepared((db) =>
  db
    .select(choiceColumns)
    .from(pollChoices)
    .where(sql`${pollChoices.pollId} = ${ids}`)
    .orderBy(pollChoices.pollId, pollChoices.position),
);

/** The choices with these ids, in no order. Whether they may be seen is not asked. */
export function choicesById(db: Database, choiceIds: readonly string[]): Promise<ChoiceRow[]> {
  return choiceById(db, { ids: keyArray(choiceIds) });
}

/** The choices of these polls, each poll's in their order. Whether the polls may be seen is not asked. */
export function choicesOfPolls(db: Database, pollIds: readonly string[]): Promise<ChoiceRow[]> {
  return choicesByPoll(db, { ids: keyArray(pollIds) });
}

const votesByVoter = prepared((db) =>
  db
    .select({ pollId: pollVotes.pollId, choiceId: pollVotes.choiceId })
    .from(pollVotes)
    .where(sql`${pollVotes.userId} = ${sql.placeholder('voter')}::uuid AND ${pollVotes.pollId} = ${ids}`),
);

/** What somebody has chosen in these polls, in no order. */
export function votesOf(
  db: Database,
  voter: string,
  pollIds: readonly string[],
): Promise<{ pollId: string; choiceId: string }[]> {
  return votesByVoter(db, { voter, ids: keyArray(pollIds) });
}

const voterSource = {
  table: pollVotes,
  parent: pollVotes.choiceId,
  peer: pollVotes.userId,
  at: pollVotes.votedAt,
};

/** Pages of who chose each choice, the last to vote first. Whether they may be shown is not asked. */
export const choiceVoterPages = peerPages(voterSource);

/** How many chose each choice, without whom the viewer cannot find. */
export const choiceVotersCount = peerCounts(voterSource, {
  in: pollChoices,
  of: pollChoices.id,
  count: pollChoices.votes,
});
