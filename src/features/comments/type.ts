import { viewerId } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { noLongerThere } from '../../graphql/errors.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import type { List } from '../../graphql/page.ts';
import { loadPost } from '../posts/loaders.ts';
import { mentionsIn, showMentions } from '../posts/markdown.ts';
import { PostRef } from '../posts/type.ts';
import { loadUser } from '../users/loaders.ts';
import { UserRef } from '../users/type.ts';
import { type CommentRow, commentCardFor } from './card.ts';
import { loadComment } from './loaders.ts';
import { maxComment } from './rules.ts';
import { commentKeys, commentsCounts, commentsPages, type ListedComment } from './store.ts';

export const CommentRef = builder.objectRef<CommentRow>('Comment');
CommentRef.implement({
  description: 'What somebody says under a post. It is found by who can find both the post and the person.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: (comment) => encodeId('Comment', comment.id),
    }),
    author: t.field({
      type: UserRef,
      description: 'Who wrote it.',
      resolve: async ({ authorId }, _args, ctx) => (await loadUser(ctx, authorId)) ?? gone(),
    }),
    post: t.field({
      type: PostRef,
      description: 'What it is written under.',
      resolve: async ({ postId }, _args, ctx) => (await loadPost(ctx, postId)) ?? gone(),
    }),
    body: t.exposeString('body', {
      description: `What they wrote, in Markdown, 1–${maxComment} characters.`,
    }),
    html: t.field({
      type: 'HTML',
      description:
        '`body` rendered. A mention is a link of class “mention” to /@username, with the person’s `id` in `data-user-id`; it is plain text where the viewer cannot find the person.',
      resolve: async ({ html }, _args, ctx) => {
        const found = await Promise.all(mentionsIn(html).map((id) => loadUser(ctx, id)));
        const people = found.flatMap((user) => (user ? [user] : []));
        return showMentions(
          html,
          new Map(people.map(({ id, username }) => [id, { id: encodeId('User', id), username }])),
        );
      },
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When they wrote it.',
      resolve: ({ createdAt }) => createdAt,
    }),
  }),
});
findableNode('Comment', CommentRef, loadComment);

function gone(): never {
  throw noLongerThere();
}

/** The comments under a post. */
export const commentList: List<ListedComment> = {
  ordering: 'comments',
  keys: commentKeys,
  descending: false,
  rows: (ctx, parents, { window, fields }) =>
    commentsPages(ctx.db, viewerId(ctx), parents, commentCardFor(fields), window),
  keyOf: ({ comment }) => [comment.createdAt, comment.id],
  counts: (ctx, parents) => commentsCounts(ctx.db, viewerId(ctx), parents),
};

export const CommentConnection = connectionOf(
  'Comment',
  { type: CommentRef, of: (row: ListedComment) => row.comment },
  { of: 'the comments under a post, oldest first' },
);
