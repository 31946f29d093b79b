import { mutation } from '../../graphql/mutation.ts';
import { tiePayload } from '../users/payload.ts';
import { actOnFollow } from './act.ts';
import { deleteFollowOf } from './store.ts';

mutation('unfollowUser', {
  description: 'Stops following somebody. Not following them is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({ userId: t.id({ required: true, description: 'Whom to stop following: a user’s `id`.' }) }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer) => {
    const done = await actOnFollow(ctx, viewer, userId, (target) =>
      deleteFollowOf(ctx.db, viewer.id, target),
    );
    ctx.live.wake([done.userId]);
    return done;
  },
});
