import { index, pgTable, primaryKey, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import { posts } from '../posts/table.ts';
import { users } from '../users/table.ts';

/** What people say under posts. */
export const comments = pgTable(
  'comments',
  {
    id: uuid().primaryKey(),
    postId: uuid('post_id')
      .notNull()
      .references(() => posts.id, { onDelete: 'cascade' }),
    authorId: uuid('author_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    body: text().notNull(),
    /** The body rendered and sanitised; mentions are marked in it, as in posts. */
    html: text().notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    index('comments_oldest').on(t.postId, t.createdAt, t.id),
    index('comments_of_author').on(t.authorId, t.postId),
  ],
);

/** Who is mentioned in comments, in the order of the text. */
export const commentMentions = pgTable(
  'comment_mentions',
  {
    commentId: uuid('comment_id')
      .notNull()
      .references(() => comments.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    position: smallint().notNull(),
  },
  (t) => [
    primaryKey({ name: 'comment_mentions_pkey', columns: [t.commentId, t.userId] }),
    index('comment_mentions_of_user').on(t.userId),
  ],
);
