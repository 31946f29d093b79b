import { foreignKey, index, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import { follows } from '../follows/table.ts';
import { users } from '../users/table.ts';

/** Private lists over the people somebody follows. */
export const aspects = pgTable(
  'aspects',
  {
    id: uuid().primaryKey(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    name: text().notNull(),
    /** The name as it is unique among its owner's: in lower case. */
    nameKey: text('name_key').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('aspects_name_unique').on(t.ownerId, t.nameKey),
    // For the foreign key below.
    unique('aspects_id_owner').on(t.id, t.ownerId),
  ],
);

/** Who is in an aspect. A row goes with the follow that it stands on. */
export const aspectUsers = pgTable(
  'aspect_users',
  {
    aspectId: uuid('aspect_id').notNull(),
    ownerId: uuid('owner_id').notNull(),
    userId: uuid('user_id').notNull(),
    addedAt: at('added_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'aspect_users_pkey', columns: [t.aspectId, t.userId] }),
    foreignKey({
      name: 'aspect_users_aspect',
      columns: [t.aspectId, t.ownerId],
      foreignColumns: [aspects.id, aspects.ownerId],
    }).onDelete('cascade'),
    foreignKey({
      name: 'aspect_users_follow',
      columns: [t.ownerId, t.userId],
      foreignColumns: [follows.followerId, follows.followeeId],
    }).onDelete('cascade'),
    index('aspect_users_newest').on(t.aspectId, t.addedAt.desc().nullsFirst(), t.userId.desc().nullsFirst()),
    index('aspect_users_of_follow').on(t.ownerId, t.userId),
  ],
);
