import { boolean, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, textC } from '../../db/columns.ts';
import type { Picture } from '../media/table.ts';
import { wordColumns } from '../profile/table.ts';
import { users } from '../users/table.ts';

/** Members of plural systems. How many each person has is counted in `user_stats` by a trigger. */
export const members = pgTable(
  'members',
  {
    id: uuid().primaryKey(),
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    sid: text().notNull(),
    name: text().notNull(),
    /** The name as it is unique among its owner's members, and ordered by: see rules.ts `memberKey`. */
    nameKey: textC('name_key').notNull(),
    displayName: text('display_name'),
    bio: text(),
    bioHtml: text('bio_html'),
    links: text().array().notNull().default([]),
    ...wordColumns(),
    avatar: jsonb().$type<Picture>(),
    isUnlisted: boolean('is_unlisted').notNull().default(false),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('members_name_unique').on(t.ownerId, t.nameKey),
    uniqueIndex('members_sid_unique').on(t.sid),
  ],
);
