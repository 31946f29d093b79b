import { accountGone, refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { branded, notFound, requireId } from '../../graphql/node.ts';
import { loadMember } from '../members/loaders.ts';
import { MemberRef } from '../members/type.ts';
import { loadUser } from '../users/loaders.ts';
import { UserRef } from '../users/type.ts';
import { rerollSid } from './sid-store.ts';
import { ProfileRef } from './type.ts';

mutation('rerollSid', {
  description:
    'Gives the viewer, or one of their members, a new `sid`; the old one leads nowhere any more. Once an hour, all of them together (COOLDOWN; see `Viewer.canRerollSidAt`).',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    memberId: t.id({ description: 'The `id` of a member of the viewer’s; null for the viewer themself.' }),
  }),
  run: async ({ memberId }, ctx, viewer) => {
    const member = memberId == null ? null : requireId('Member', memberId, 'memberId');
    const reroll = await rerollSid(ctx.db, viewer.id, member, ctx.now());
    switch (reroll.is) {
      case 'too soon':
        throw refuse('COOLDOWN', `It works again from ${reroll.until.toISOString()}.`);
      case 'no owner':
        throw accountGone();
      case 'no member':
        throw notFound('Member', 'memberId');
      default:
        return { userId: viewer.id, memberId: member };
    }
  },
  payload: (t) => ({
    profile: t.field({
      type: ProfileRef,
      nullable: true,
      description: 'The user or member with the new sid; null when it was not done.',
      resolve: async ({ userId, memberId }, _args, ctx) => {
        if (userId === undefined) return null;
        if (memberId) return branded(MemberRef, await loadMember(ctx, memberId));
        return branded(UserRef, await loadUser(ctx, userId));
      },
    }),
  }),
});
