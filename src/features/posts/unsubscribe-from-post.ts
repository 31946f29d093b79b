import { mutation } from '../../graphql/mutation.ts';
import { actOnPost, postIdInput, postPayload } from './act.ts';
import { unsubscribe } from './interact-store.ts';

mutation('unsubscribeFromPost', {
  description: 'Ends a subscription to the comments on a post. Having none is no error.',
  scope: 'interactions',
  towardsOthers: true,
  input: postIdInput,
  payload: postPayload,
  run: ({ postId }, ctx, viewer) =>
    actOnPost(ctx, viewer, postId, async (id, who) => {
      await unsubscribe(ctx.db, who, id);
      // Nobody is told of it.
      return [];
    }),
});
