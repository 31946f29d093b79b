import { mutation } from '../../graphql/mutation.ts';
import { encodeId, notFound, requireId } from '../../graphql/node.ts';
import { aspectIdInput } from './input.ts';
import { deleteAspect } from './store.ts';

mutation('deleteAspect', {
  description: 'Deletes one of the viewer’s aspects; who was in it stays followed.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: aspectIdInput,
  run: async ({ aspectId }, ctx, viewer) => {
    const id = requireId('Aspect', aspectId, 'aspectId');
    if (!(await deleteAspect(ctx.db, viewer.id, id))) throw notFound('Aspect', 'aspectId');
    return { aspectId: id };
  },
  payload: (t) => ({
    deletedAspectId: t.id({
      nullable: true,
      description: 'The `id` that the aspect had; null when it was not done.',
      resolve: ({ aspectId }) => (aspectId === undefined ? null : encodeId('Aspect', aspectId)),
    }),
  }),
});
