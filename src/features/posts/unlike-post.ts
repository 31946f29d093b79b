import { mutation } from '../../graphql/mutation.ts';
import { actOnPost, postIdInput, postPayload } from './act.ts';
import { unlike } from './interact-store.ts';

mutation('unlikePost', {
  description: 'Takes back that the viewer likes a post. Not liking it is no error.',
  scope: 'interactions',
  towardsOthers: true,
  input: postIdInput,
  payload: postPayload,
  run: ({ postId }, ctx, viewer) => actOnPost(ctx, viewer, postId, (id, who) => unlike(ctx.db, who, id)),
});
