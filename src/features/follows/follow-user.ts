import { mutation } from '../../graphql/mutation.ts';
import { tiePayload } from '../users/payload.ts';
import { actOnFollow } from './act.ts';
import { insertFollowOf } from './store.ts';

mutation('followUser', {
  description: 'Follows somebody. Following them already is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({ userId: t.id({ required: true, description: 'Whom to follow: a user’s `id`.' }) }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer) => {
    const done = await actOnFollow(ctx, viewer, userId, (target) =>
      insertFollowOf(ctx.db, viewer.id, target, ctx.now()),
    );
    ctx.live.wake([done.userId]);
    return done;
  },
});
