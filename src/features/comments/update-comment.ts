import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { actOnComment, commentText } from './act.ts';
import { bodyInput, commentField, commentIdInput } from './input.ts';
import { commentShape } from './rules.ts';
import { updateComment } from './write-store.ts';

mutation('updateComment', {
  description: 'Changes what a comment of the viewer’s says (FORBIDDEN for those of others).',
  scope: 'by visibility',
  towardsOthers: true,
  input: (t) => ({ ...commentIdInput(t), ...bodyInput(t) }),
  payload: commentField,
  run: ({ commentId, body: given }, ctx, viewer) => {
    const { body } = validate(commentShape, { body: given });
    return actOnComment(ctx, viewer, commentId, (id, who) =>
      updateComment(ctx.db, who, id, commentText(body), ctx.now()),
    );
  },
});
