import { mutation } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { validate } from '../../graphql/validate.ts';
import { withPictures } from '../media/pictures.ts';
import { memberChange, memberInput, memberPayload, memberRefusal } from './input.ts';
import { memberChangeShape } from './rules.ts';
import { updateMember } from './write-store.ts';

mutation('updateMember', {
  description:
    'Changes one of the viewer’s members: what is omitted stays as it is, null clears. All of it is changed, or nothing.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    memberId: t.id({ required: true, description: 'Which: the `id` of a member of the viewer’s.' }),
    ...memberInput(t, false),
  }),
  payload: memberPayload,
  run: async ({ memberId, avatar, ...input }, ctx, viewer) => {
    const id = requireId('Member', memberId, 'memberId');
    const change = memberChange(validate(memberChangeShape, input));
    await withPictures(
      ctx,
      { avatar: { kind: 'avatar', source: avatar, path: ['avatar'] } },
      async (pictures) => {
        try {
          if (!(await updateMember(ctx.db, viewer.id, id, { ...change, ...pictures }))) {
            throw notFound('Member', 'memberId');
          }
        } catch (error) {
          throw memberRefusal(error);
        }
      },
    );
    return { memberId: id };
  },
});
