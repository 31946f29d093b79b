import { mutation } from '../../graphql/mutation.ts';
import { tiePayload } from '../users/payload.ts';
import { actOnFollow } from './act.ts';
import { deleteFollowerOf } from './store.ts';

mutation('removeFollower', {
  description:
    'Makes somebody no longer follow the viewer; they may follow again. Not being followed is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({
    userId: t.id({ required: true, description: 'Who is to stop following: a user’s `id`.' }),
  }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer) => {
    const done = await actOnFollow(ctx, viewer, userId, (target) =>
      deleteFollowerOf(ctx.db, viewer.id, target),
    );
    ctx.live.wake([viewer.id]);
    return done;
  },
});
