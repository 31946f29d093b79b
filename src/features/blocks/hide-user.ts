import { brokenConstraint } from '../../db/errors.ts';
import { accountGone } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { notFound } from '../../graphql/node.ts';
import { requireTarget } from '../relationships/target.ts';
import { type TieDone, tiePayload } from '../users/payload.ts';
import { insertHide } from './store.ts';

mutation('hideUser', {
  description:
    'Hides somebody: they leave the viewer’s `users`, `searchUsers`, feed and notifications; their own page stays reachable. Hiding them already is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({ userId: t.id({ required: true, description: 'Whom to hide: a user’s `id`.' }) }),
  payload: tiePayload,
  run: async ({ userId }, ctx, viewer): Promise<TieDone> => {
    const target = await requireTarget(ctx, viewer, userId);
    try {
      await insertHide(ctx.db, viewer.id, target, ctx.now());
    } catch (error) {
      switch (brokenConstraint(error)) {
        case 'hides_hidden_id_users_id_fk':
          throw notFound('User', 'userId');
        case 'hides_hider_id_users_id_fk':
          throw accountGone();
        default:
          throw error;
      }
    }
    ctx.live.wake([viewer.id]);
    return { userId: target };
  },
});
