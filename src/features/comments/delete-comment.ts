import { mutation } from '../../graphql/mutation.ts';
import { encodeId } from '../../graphql/node.ts';
import { actOnComment } from './act.ts';
import { commentIdInput } from './input.ts';
import { deleteComment } from './write-store.ts';

mutation('deleteComment', {
  description: 'Deletes a comment: one of the viewer’s, or one under a post of theirs (else FORBIDDEN).',
  scope: 'by visibility',
  towardsOthers: true,
  input: commentIdInput,
  run: ({ commentId }, ctx, viewer) =>
    actOnComment(ctx, viewer, commentId, (id, who) => deleteComment(ctx.db, who, id)),
  payload: (t) => ({
    deletedCommentId: t.id({
      nullable: true,
      description: 'The `id` that the comment had; null when it was not done.',
      resolve: ({ commentId }) => (commentId === undefined ? null : encodeId('Comment', commentId)),
    }),
  }),
});
