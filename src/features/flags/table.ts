import { index, jsonb, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import type { Picture } from '../media/table.ts';
import { members } from '../members/table.ts';
import { users } from '../users/table.ts';

/** Pride flags, each in its owner's library. How many are in each is counted in `user_stats` by a trigger. */
export const prideFlags = pgTable(
  'pride_flags',
  {
    id: uuid().primaryKey(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    description: text(),
    image: jsonb().$type<Picture>().notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('pride_flags_of_owner').on(t.ownerId, t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
  ],
);

const flagId = () =>
  uuid('flag_id')
    .notNull()
    .references(() => prideFlags.id, { onDelete: 'cascade' });

/** The flags that a person shows, in their order. */
export const userFlags = pgTable(
  'user_flags',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    flagId: flagId(),
    position: smallint().notNull(),
  },
  (t) => [
    primaryKey({ name: 'user_flags_pkey', columns: [t.userId, t.flagId] }),
    index('user_flags_of_flag').on(t.flagId),
  ],
);

/** The flags that a member shows, in their order: of the owner's library. */
export const memberFlags = pgTable(
  'member_flags',
  {
    memberId: uuid('member_id')
      .notNull()
      .references(() => members.id, { onDelete: 'cascade' }),
    flagId: flagId(),
    position: smallint().notNull(),
  },
  (t) => [
    primaryKey({ name: 'member_flags_pkey', columns: [t.memberId, t.flagId] }),
    index('member_flags_of_flag').on(t.flagId),
  ],
);
