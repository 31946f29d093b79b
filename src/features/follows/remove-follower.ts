import { mutation } from '../../graphql/mutation.ts';
import { requireTarget } from '../relationships/target.ts';
import { type TieDone, tiePayload } from '../users/payload.ts';
import { requireFollowMode } from './require-mode.ts';
import { deleteFollowOf } from './store.ts';

mutation('removeFollower', {
  description:
    'Makes somebody no longer follow the viewer; they may follow again. Not being followed is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({
    userId: t.id({ required: true, description: 'Who is to stop following: a user’s `id`.' }),
  }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer): Promise<TieDone> => {
    requireFollowMode(ctx);
    const target = await requireTarget(ctx, viewer, userId);
    await deleteFollowOf(ctx.db, target, viewer.id);
    ctx.live.wake([viewer.id]);
    return { userId: target };
  },
});
