import { brokenConstraint } from '../../db/errors.ts';
import { refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { requireFollowMode } from '../follows/require-mode.ts';
import { requireTarget } from '../relationships/target.ts';
import { userField } from '../users/payload.ts';
import { aspectField } from './input.ts';
import { addToAspect } from './store.ts';

/** How often somebody may come and go between looking and writing. */
const maxAttempts = 5;
/** What such a change between looking and writing breaks. */
const changed = new Set(['follows_no_block', 'follows_followee_id_users_id_fk']);

mutation('addToAspect', {
  description:
    'Puts somebody into one of the viewer’s aspects, and follows them if need be. That they are in it already is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({
    aspectId: t.id({ required: true, description: 'Which: the `id` of an aspect of the viewer’s.' }),
    userId: t.id({ required: true, description: 'Whom: a user’s `id`.' }),
  }),
  run: async ({ aspectId, userId }, ctx, viewer) => {
    requireFollowMode(ctx);
    const id = requireId('Aspect', aspectId, 'aspectId');
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const target = await requireTarget(ctx, viewer, userId);
      try {
        if (!(await addToAspect(ctx.db, viewer.id, id, target, ctx.now()))) {
          throw notFound('Aspect', 'aspectId');
        }
        return { aspectId: id, userId: target };
      } catch (error) {
        if (!changed.has(brokenConstraint(error) ?? '')) throw error;
      }
    }
    throw refuse('CONFLICT', 'A block between the two comes and goes; try again.', 'userId');
  },
  payload: (t) => ({ aspect: aspectField(t), user: userField(t) }),
});
