import { index, pgTable, primaryKey, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { users } from '../users/table.ts';

/** Words that people are tagged with. Operators give them a description and a color. */
export const tags = pgTable(
  'tags',
  {
    id: uuid().primaryKey(),
    /** In lower case, without `#`. */
    name: text().notNull(),
    description: text(),
    color: text(),
  },
  (t) => [uniqueIndex('tags_name_unique').on(t.name)],
);

/** The tags of people, in their order. */
export const userTags = pgTable(
  'user_tags',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    tagId: uuid('tag_id')
      .notNull()
      .references(() => tags.id, { onDelete: 'cascade' }),
    position: smallint().notNull(),
  },
  (t) => [
    primaryKey({ name: 'user_tags_pkey', columns: [t.userId, t.tagId] }),
    index('user_tags_of_tag').on(t.tagId),
  ],
);
