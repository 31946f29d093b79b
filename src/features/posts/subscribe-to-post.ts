import { mutation } from '../../graphql/mutation.ts';
import { actOnPost, postIdInput, postPayload } from './act.ts';
import { subscribe } from './interact-store.ts';

mutation('subscribeToPost', {
  description: 'Lets the viewer be told of the comments on a post. Having subscribed already is no error.',
  scope: 'interactions',
  towardsOthers: true,
  input: postIdInput,
  payload: postPayload,
  run: ({ postId }, ctx, viewer) =>
    actOnPost(ctx, viewer, postId, async (id, who) => {
      await subscribe(ctx.db, who, id);
      // Nobody is told of it.
      return [];
    }),
});
