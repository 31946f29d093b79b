// What lists read of a comment.
import { type CardOf, cardsOf } from '../../db/cards.ts';
import { comments } from './table.ts';

export const commentColumns = {
  id: comments.id,
  postId: comments.postId,
  authorId: comments.authorId,
  body: comments.body,
  html: comments.html,
  createdAt: comments.createdAt,
};

/** A comment. Of a partial card only the columns that its query's fields need are there. */
export type CommentRow = Pick<typeof comments.$inferSelect, keyof typeof commentColumns>;

export type CommentCard = CardOf<typeof commentColumns>;

/** The card for a query that asks these fields of a list's comments. */
export const commentCardFor = cardsOf(
  commentColumns,
  ['id', 'postId', 'authorId', 'createdAt'],
  { body: ['body'], html: ['html'] },
  ['body', 'html'],
);
