import { mutation } from '../../graphql/mutation.ts';
import { actOnPost, postIdInput, postPayload } from './act.ts';
import { like } from './interact-store.ts';

mutation('likePost', {
  description: 'Likes a post. Liking it already is no error.',
  scope: 'interactions',
  towardsOthers: true,
  input: postIdInput,
  payload: postPayload,
  run: ({ postId }, ctx, viewer) =>
    actOnPost(ctx, viewer, postId, (id, who) => like(ctx.db, who, id, ctx.now())),
});
