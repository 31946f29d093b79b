import { brokenConstraint } from '../../db/errors.ts';
import { accountGone, refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { requireTarget } from '../relationships/target.ts';
import { type TieDone, tiePayload } from '../users/payload.ts';
import { requireFollowMode } from './require-mode.ts';
import { insertFollowOf } from './store.ts';

/** How often a block may come and go between looking and writing. */
const maxAttempts = 5;

mutation('followUser', {
  description: 'Follows somebody. Following them already is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({ userId: t.id({ required: true, description: 'Whom to follow: a user’s `id`.' }) }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer): Promise<TieDone> => {
    requireFollowMode(ctx);
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const target = await requireTarget(ctx, viewer, userId);
      try {
        if (await insertFollowOf(ctx.db, viewer.id, target, ctx.now())) return { userId: target };
        // One of the two is gone since we looked: looking again says which.
        await requireTarget(ctx, viewer, userId);
        throw accountGone();
      } catch (error) {
        // Somebody has blocked somebody since we looked; looking again says who, unless it is taken back already.
        if (brokenConstraint(error) !== 'follows_no_block') throw error;
      }
    }
    throw refuse('CONFLICT', 'A block between the two comes and goes; try again.', 'userId');
  },
});
