import { mutation } from '../../graphql/mutation.ts';
import { encodeId, notFound, requireId } from '../../graphql/node.ts';
import { sweepSoon } from '../media/pictures.ts';
import { deleteFlag } from './store.ts';

mutation('deletePrideFlag', {
  description:
    'Takes a pride flag out of the viewer’s library, and with it from the viewer and every member that shows it.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    flagId: t.id({ required: true, description: 'Which: the `id` of a flag in the viewer’s library.' }),
  }),
  run: async ({ flagId }, ctx, viewer) => {
    const id = requireId('PrideFlag', flagId, 'flagId');
    if (!(await deleteFlag(ctx.db, viewer.id, id))) throw notFound('PrideFlag', 'flagId');
    await sweepSoon(ctx);
    return { flagId: id };
  },
  payload: (t) => ({
    deletedFlagId: t.id({
      nullable: true,
      description: 'The `id` that the flag had; null when it was not done.',
      resolve: ({ flagId }) => (flagId === undefined ? null : encodeId('PrideFlag', flagId)),
    }),
  }),
});
