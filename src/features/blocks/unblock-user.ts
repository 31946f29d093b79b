import { refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { notFound } from '../../graphql/node.ts';
import { standing } from '../relationships/store.ts';
import { requireOther } from '../relationships/target.ts';
import { type TieDone, tiePayload } from '../users/payload.ts';
import { deleteBlock } from './store.ts';

mutation('unblockUser', {
  description: 'Takes a block back; what it ended stays ended. GONE when there is none.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({ userId: t.id({ required: true, description: 'Whom to unblock: a user’s `id`.' }) }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer): Promise<TieDone> => {
    const target = requireOther(viewer, userId);
    if (!(await deleteBlock(ctx.db, viewer.id, target))) {
      const between = await standing(ctx.db, viewer.id, target);
      if (!between || between.suspended || between.blockedBy) throw notFound('User', 'userId');
      throw refuse('GONE', 'You have not blocked this person.', 'userId');
    }
    return { userId: target };
  },
});
