import { mutation } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { validate } from '../../graphql/validate.ts';
import { flagInput } from './input.ts';
import { flagShape } from './rules.ts';
import { updateFlag } from './store.ts';
import { PrideFlagRef } from './type.ts';

mutation('updatePrideFlag', {
  description:
    'Changes what a pride flag of the viewer’s is called or means: what is omitted stays as it is, null clears. Its image stays.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    flagId: t.id({ required: true, description: 'Which: the `id` of a flag in the viewer’s library.' }),
    ...flagInput(t, false),
  }),
  run: async ({ flagId, ...input }, ctx, viewer) => {
    const id = requireId('PrideFlag', flagId, 'flagId');
    const flag = await updateFlag(ctx.db, viewer.id, id, validate(flagShape.partial({ name: true }), input));
    if (!flag) throw notFound('PrideFlag', 'flagId');
    return { flag };
  },
  payload: (t) => ({
    flag: t.field({
      type: PrideFlagRef,
      nullable: true,
      description: 'The flag as it is now; null when it was not done.',
      resolve: ({ flag }) => flag ?? null,
    }),
  }),
});
