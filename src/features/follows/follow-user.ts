import { brokenConstraint } from '../../db/errors.ts';
import { accountGone } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { requireTarget } from '../relationships/target.ts';
import { type TieDone, tiePayload } from '../users/payload.ts';
import { requireFollowMode } from './require-mode.ts';
import { insertFollowOf } from './store.ts';

mutation('followUser', {
  description: 'Follows somebody. Following them already is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({ userId: t.id({ required: true, description: 'Whom to follow: a user’s `id`.' }) }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer): Promise<TieDone> => {
    requireFollowMode(ctx);
    const target = await requireTarget(ctx, viewer, userId);
    try {
      if (await insertFollowOf(ctx.db, viewer.id, target, ctx.now())) return { userId: target };
    } catch (error) {
      if (brokenConstraint(error) !== 'follows_no_block') throw error;
    }
    // Somebody has blocked somebody, or is gone, since we looked: looking again says who.
    await requireTarget(ctx, viewer, userId);
    throw accountGone();
  },
});
