import { accountGone, refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { notFound } from '../../graphql/node.ts';
import { standing } from '../relationships/store.ts';
import { requireOther } from '../relationships/target.ts';
import { type TieDone, tiePayload } from '../users/payload.ts';
import { blockedUserOf, insertBlock } from './store.ts';

mutation('blockUser', {
  description:
    'Blocks somebody: each is not found to the other from now on, and follows, connections, requests and notifications between them end both ways. ALREADY_EXISTS when they are blocked already.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({ userId: t.id({ required: true, description: 'Whom to block: a user’s `id`.' }) }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer): Promise<TieDone> => {
    const target = requireOther(viewer, userId);
    const between = await standing(ctx.db, viewer.id, target);
    if (!between || between.suspended) throw notFound('User', 'userId');
    if (!between.blocks) {
      if (between.blockedBy) throw notFound('User', 'userId');
      const outcome = await insertBlock(ctx.db, viewer.id, target, ctx.now());
      if (outcome === 'new') {
        ctx.live.wake([viewer.id, target]);
        return { userId: target, findUser: ({ db }) => blockedUserOf(db, viewer.id, target) };
      }
      if (outcome === 'gone') {
        if (await standing(ctx.db, viewer.id, target)) throw accountGone();
        throw notFound('User', 'userId');
      }
    }
    throw refuse('ALREADY_EXISTS', 'You have blocked this person already.', 'userId');
  },
});
