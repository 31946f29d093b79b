import {
  boolean,
  foreignKey,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  unique,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import { posts } from '../posts/table.ts';
import { users } from '../users/table.ts';

/** Questions in posts, at most one in each. */
export const polls = pgTable(
  'polls',
  {
    id: uuid().primaryKey(),
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    question: text().notNull(),
    multipleChoice: boolean('multiple_choice').notNull(),
    /** Whether counts are kept from people until they have voted. */
    isHidden: boolean('is_hidden').notNull(),
    showsVoters: boolean('shows_voters').notNull(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    expiresAt: at('expires_at'),
    /** When its author closed it. */
    closedAt: at('closed_at'),
    /** How many have voted: kept by a trigger. */
    voters: integer().notNull().default(0),
    /** How many had voted where the poll was before it came here: of them there are no rows. */
    importedVoters: integer('imported_voters').notNull().default(0),
  },
  (t) => [uniqueIndex('polls_post_unique').on(t.postId)],
);

/** The answers to choose from, in their order. */
export const pollChoices = pgTable(
  'poll_choices',
  {
    id: uuid().primaryKey(),
    pollId: uuid('poll_id')
      .notNull()
      .references(() => polls.id, { onDelete: 'cascade' }),
    position: smallint().notNull(),
    text: text().notNull(),
    /** How many chose it: kept by a trigger. */
    votes: integer().notNull().default(0),
    /** How many had chosen it where the poll was before. */
    importedVotes: integer('imported_votes').notNull().default(0),
  },
  (t) => [
    uniqueIndex('poll_choices_position').on(t.pollId, t.position),
    // For the foreign key of votes.
    unique('poll_choices_id_poll').on(t.id, t.pollId),
  ],
);

/** Who has voted in a poll: once, however many answers they chose. */
export const pollVoters = pgTable(
  'poll_voters',
  {
    pollId: uuid('poll_id')
      .notNull()
      .references(() => polls.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    votedAt: at('voted_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'poll_voters_pkey', columns: [t.pollId, t.userId] }),
    index('poll_voters_of_user').on(t.userId),
  ],
);

/** What each of them chose. */
export const pollVotes = pgTable(
  'poll_votes',
  {
    choiceId: uuid('choice_id').notNull(),
    pollId: uuid('poll_id').notNull(),
    userId: uuid('user_id').notNull(),
    votedAt: at('voted_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'poll_votes_pkey', columns: [t.choiceId, t.userId] }),
    foreignKey({
      name: 'poll_votes_choice',
      columns: [t.choiceId, t.pollId],
      foreignColumns: [pollChoices.id, pollChoices.pollId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'poll_votes_voter',
      columns: [t.pollId, t.userId],
      foreignColumns: [pollVoters.pollId, pollVoters.userId],
    }).onDelete('cascade'),
    index('poll_votes_newest').on(t.choiceId, t.votedAt.desc().nullsFirst(), t.userId.desc().nullsFirst()),
    index('poll_votes_of_voter').on(t.pollId, t.userId),
  ],
);
