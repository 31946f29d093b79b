import { mutation } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { requireTarget } from '../relationships/target.ts';
import { userField } from '../users/payload.ts';
import { aspectField, aspectUserInput } from './input.ts';
import { aspectsById, removeFromAspect } from './store.ts';

mutation('removeFromAspect', {
  description:
    'Takes somebody out of one of the viewer’s aspects; they stay followed. That they are not in it is no error.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: aspectUserInput,
  run: async ({ aspectId, userId }, ctx, viewer) => {
    const id = requireId('Aspect', aspectId, 'aspectId');
    const target = await requireTarget(ctx, viewer, userId);
    if ((await aspectsById(ctx.db, viewer.id, [id])).length === 0) throw notFound('Aspect', 'aspectId');
    await removeFromAspect(ctx.db, viewer.id, id, target);
    return { aspectId: id, userId: target };
  },
  payload: (t) => ({ aspect: aspectField(t), user: userField(t) }),
});
