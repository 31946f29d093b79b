import { mutation } from '../../graphql/mutation.ts';
import { withTarget } from '../relationships/target.ts';
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
    const target = await withTarget(ctx, viewer, userId, async (id) =>
      (await insertFollowOf(ctx.db, viewer.id, id, ctx.now())) ? id : null,
    );
    ctx.live.wake([target]);
    return { userId: target };
  },
});
