import { sql } from 'drizzle-orm';
import { check, index, pgTable, primaryKey, uuid } from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import { users } from '../users/table.ts';

/** Who has blocked whom: each of the two is not found to the other, on every path. */
export const blocks = pgTable(
  'blocks',
  {
    blockerId: uuid('blocker_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    blockedId: uuid('blocked_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'blocks_pkey', columns: [t.blockerId, t.blockedId] }),
    index('blocks_of_blocked').on(t.blockedId, t.blockerId),
    index('blocks_newest').on(t.blockerId, t.createdAt.desc().nullsFirst(), t.blockedId.desc().nullsFirst()),
    check('blocks_not_self', sql`blocker_id <> blocked_id`),
  ],
);

/** Whom somebody does not want to see in lists; the hidden person's own page stays reachable. */
export const hides = pgTable(
  'hides',
  {
    hiderId: uuid('hider_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    hiddenId: uuid('hidden_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'hides_pkey', columns: [t.hiderId, t.hiddenId] }),
    index('hides_of_hidden').on(t.hiddenId),
    index('hides_newest').on(t.hiderId, t.createdAt.desc().nullsFirst(), t.hiddenId.desc().nullsFirst()),
    check('hides_not_self', sql`hider_id <> hidden_id`),
  ],
);
