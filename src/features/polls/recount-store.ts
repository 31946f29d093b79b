import { sql } from 'drizzle-orm';
import type { Tally } from '../../db/recount.ts';
import { postStats } from '../posts/table.ts';
import { pollChoices, polls, pollVoters, pollVotes } from './table.ts';

/** How many have voted in polls. Whoever votes holds the lock of the post. */
export const pollTally: Tally = {
  table: polls,
  id: polls.id,
  counts: [
    {
      column: polls.voters,
      must: sql`(SELECT count(*) FROM ${pollVoters} v WHERE v.poll_id = ${polls.id})`,
    },
  ],
  guard: {
    id: postStats.postId,
    of: (ids) => sql`SELECT p.post_id FROM ${polls} p WHERE p.id = ANY(${ids})`,
  },
};

/** How many chose what. */
export const choiceTally: Tally = {
  table: pollChoices,
  id: pollChoices.id,
  counts: [
    {
      column: pollChoices.votes,
      must: sql`(SELECT count(*) FROM ${pollVotes} v WHERE v.choice_id = ${pollChoices.id})`,
    },
  ],
  guard: {
    id: postStats.postId,
    of: (ids) =>
      sql`SELECT p.post_id FROM ${pollChoices} c JOIN ${polls} p ON p.id = c.poll_id WHERE c.id = ANY(${ids})`,
  },
};
