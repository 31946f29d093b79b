import { mutation } from '../../graphql/mutation.ts';
import { encodeId, notFound, requireId } from '../../graphql/node.ts';
import { sweepSoon } from '../media/pictures.ts';
import { deleteMember } from './write-store.ts';

mutation('deleteMember', {
  description: 'Deletes one of the viewer’s members, for good.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    memberId: t.id({ required: true, description: 'Which: the `id` of a member of the viewer’s.' }),
  }),
  run: async ({ memberId }, ctx, viewer) => {
    const id = requireId('Member', memberId, 'memberId');
    if (!(await deleteMember(ctx.db, viewer.id, id))) throw notFound('Member', 'memberId');
    await sweepSoon(ctx);
    return { memberId: id };
  },
  payload: (t) => ({
    deletedMemberId: t.id({
      nullable: true,
      description: 'The `id` that the member had; null when it was not done.',
      resolve: ({ memberId }) => (memberId === undefined ? null : encodeId('Member', memberId)),
    }),
  }),
});
