import { sql } from 'drizzle-orm';
import { index, integer, pgTable, primaryKey, smallint, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at, textC } from '../../db/columns.ts';
import { posts } from '../posts/table.ts';
import { users } from '../users/table.ts';

/** What posts are sorted by: made by operators, listed and followed by people. */
export const categories = pgTable(
  'categories',
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    /** What it is called in addresses and inputs, and what lists go by. */
    slug: textC().notNull(),
    /** How many people follow it: kept by a trigger. */
    followers: integer().notNull().default(0),
  },
  (t) => [
    uniqueIndex('categories_slug_unique').on(t.slug),
    uniqueIndex('categories_name_unique').on(sql`lower(name)`),
  ],
);

/** Who follows a category. */
export const categoryFollows = pgTable(
  'category_follows',
  {
    categoryId: uuid('category_id')
      .notNull()
      .references(() => categories.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    followedAt: at('followed_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'category_follows_pkey', columns: [t.categoryId, t.userId] }),
    index('category_follows_of_user').on(
      t.userId,
      t.followedAt.desc().nullsFirst(),
      t.categoryId.desc().nullsFirst(),
    ),
  ],
);

/** The categories of posts, in the order they were given in; with each post's time, for lists of a category's posts. */
export const postCategories = pgTable(
  'post_categories',
  {
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    categoryId: uuid('category_id')
      .notNull()
      .references(() => categories.id, { onDelete: 'cascade' }),
    position: smallint().notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'post_categories_pkey', columns: [t.postId, t.categoryId] }),
    index('post_categories_newest').on(
      t.categoryId,
      t.createdAt.desc().nullsFirst(),
      t.postId.desc().nullsFirst(),
    ),
  ],
);
