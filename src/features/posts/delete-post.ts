import { mutation } from '../../graphql/mutation.ts';
import { encodeId } from '../../graphql/node.ts';
import { sweepSoon } from '../media/pictures.ts';
import { actOnPost, postIdInput } from './act.ts';
import { requireModify } from './input.ts';
import { deletePost } from './write-store.ts';

mutation('deletePost', {
  description:
    'Deletes a post of the viewer’s (others’: FORBIDDEN) with its photos and all that hangs on it; reshares of it stay, without it.',
  scope: 'by visibility',
  towardsOthers: true,
  input: postIdInput,
  run: async ({ postId }, ctx, viewer) => {
    const done = await actOnPost(ctx, viewer, postId, async (id, actor) => {
      await requireModify(ctx, viewer, id);
      return deletePost(ctx.db, id, actor);
    });
    await sweepSoon(ctx);
    return done;
  },
  payload: (t) => ({
    deletedPostId: t.id({
      nullable: true,
      description: 'The `id` that the post had; null when it was not done.',
      resolve: ({ postId }) => (postId === undefined ? null : encodeId('Post', postId)),
    }),
  }),
});
