import { newId } from '../../db/uuid.ts';
import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { actOnPost, postIdInput, postPayload } from '../posts/act.ts';
import { commentText } from './act.ts';
import { bodyInput, commentField } from './input.ts';
import { commentShape } from './rules.ts';
import { insertComment } from './write-store.ts';

mutation('addComment', {
  description: 'Says something under a post.',
  scope: 'interactions',
  towardsOthers: true,
  input: (t) => ({ ...postIdInput(t), ...bodyInput(t) }),
  payload: (t) => ({ ...commentField(t), ...postPayload(t) }),
  run: async ({ postId, body: given }, ctx, viewer) => {
    const { body } = validate(commentShape, { body: given });
    const text = commentText(body);
    const createdAt = ctx.now();
    const commentId = newId(createdAt);
    const done = await actOnPost(ctx, viewer, postId, (id, who) =>
      insertComment(ctx.db, who, { ...text, id: commentId, postId: id, createdAt }),
    );
    return { ...done, commentId };
  },
});
