import { mutation } from '../../graphql/mutation.ts';
import { requireTarget } from '../relationships/target.ts';
import { type TieDone, tiePayload } from '../users/payload.ts';
import { requireFollowMode } from './require-mode.ts';
import { deleteFollowOf } from './store.ts';

mutation('unfollowUser', {
  description: 'Stops following somebody. Not following them is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({ userId: t.id({ required: true, description: 'Whom to stop following: a user’s `id`.' }) }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer): Promise<TieDone> => {
    requireFollowMode(ctx);
    const target = await requireTarget(ctx, viewer, userId);
    await deleteFollowOf(ctx.db, viewer.id, target);
    ctx.live.wake([target]);
    return { userId: target };
  },
});
