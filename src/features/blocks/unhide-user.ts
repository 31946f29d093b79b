import { mutation } from '../../graphql/mutation.ts';
import { requireTarget } from '../relationships/target.ts';
import { type TieDone, tiePayload } from '../users/payload.ts';
import { deleteHide } from './store.ts';

mutation('unhideUser', {
  description: 'Shows somebody in the viewer’s lists again. Not having hidden them is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({ userId: t.id({ required: true, description: 'Whom to show again: a user’s `id`.' }) }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer): Promise<TieDone> => {
    const target = await requireTarget(ctx, viewer, userId);
    await deleteHide(ctx.db, viewer.id, target);
    return { userId: target };
  },
});
