import { newId } from '../../db/uuid.ts';
import { accountGone } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { validate } from '../../graphql/validate.ts';
import { withPictures } from '../media/pictures.ts';
import { memberChange, memberInput, memberPayload, memberRefusal } from './input.ts';
import { memberKey, memberShape } from './rules.ts';
import { insertMember } from './write-store.ts';

mutation('createMember', {
  description: 'Adds a member to the viewer’s plural system.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => memberInput(t, true),
  payload: memberPayload,
  run: async ({ avatar, ...input }, ctx, viewer) => {
    const checked = validate(memberShape, input);
    const change = memberChange(checked);
    const createdAt = ctx.now();
    const id = newId(createdAt);
    const { name } = checked;
    const member = { id, ownerId: viewer.id, createdAt, name, nameKey: memberKey(name) };
    await withPictures(
      ctx,
      { avatar: { kind: 'avatar', source: avatar, path: ['avatar'] } },
      async (pictures) => {
        try {
          if (!(await insertMember(ctx.db, member, { ...change, ...pictures }))) throw accountGone();
        } catch (error) {
          throw memberRefusal(error);
        }
      },
    );
    return { memberId: id };
  },
});
