import { mutation } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { requireFollowMode } from '../follows/require-mode.ts';
import { withTarget } from '../relationships/target.ts';
import { userField } from '../users/payload.ts';
import { aspectField, aspectUserInput } from './input.ts';
import { addToAspect } from './store.ts';

mutation('addToAspect', {
  description:
    'Puts somebody into one of the viewer’s aspects, and follows them if need be. That they are in it already is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: aspectUserInput,
  run: async ({ aspectId, userId }, ctx, viewer) => {
    requireFollowMode(ctx);
    const id = requireId('Aspect', aspectId, 'aspectId');
    const target = await withTarget(ctx, viewer, userId, async (person) => {
      if (await addToAspect(ctx.db, viewer.id, id, person, ctx.now())) return person;
      throw notFound('Aspect', 'aspectId');
    });
    ctx.live.wake([target]);
    return { aspectId: id, userId: target };
  },
  payload: (t) => ({ aspect: aspectField(t), user: userField(t) }),
});
