import { mutation } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { aspectField, aspectIdInput, nameColumns, nameRefusal } from './input.ts';
import { renameAspect } from './store.ts';

mutation('renameAspect', {
  description: 'Renames one of the viewer’s aspects.',
  scope: 'contacts:modify',
  towardsOthers: true,
  input: (t) => ({
    ...aspectIdInput(t),
    name: t.string({
      required: true,
      description:
        'What it is called from now on, 1–20 characters, unique among the viewer’s whatever the case (ALREADY_EXISTS).',
    }),
  }),
  run: async ({ aspectId, name }, ctx, viewer) => {
    const id = requireId('Aspect', aspectId, 'aspectId');
    const renamed = await renameAspect(ctx.db, viewer.id, id, nameColumns(name)).catch((error) => {
      throw nameRefusal(error);
    });
    if (!renamed) throw notFound('Aspect', 'aspectId');
    return { aspectId: id };
  },
  payload: (t) => ({ aspect: aspectField(t) }),
});
