import { mutation } from '../../graphql/mutation.ts';
import { encodeId, notFound, requireId } from '../../graphql/node.ts';
import { unlinkAccount } from '../remotes/link-store.ts';
import { loadUser } from '../users/loaders.ts';
import { UserRef } from '../users/type.ts';

mutation('unlinkAccount', {
  description:
    'Ends that an account in another system is the viewer’s, and forgets its token. What came along with it stays with the viewer. NOT_FOUND for an account that they sign in with.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    accountId: t.id({ required: true, description: 'Which: the `id` of one of `Viewer.accounts`.' }),
  }),
  run: async ({ accountId }, ctx, viewer) => {
    const id = requireId('Account', accountId, 'accountId');
    if (!(await unlinkAccount(ctx.db, viewer.id, id))) throw notFound('Account', 'accountId');
    return { unlinkedAccountId: id, userId: viewer.id };
  },
  payload: (t) => ({
    unlinkedAccountId: t.id({
      nullable: true,
      description: 'The `id` that the account had; null when it was not done.',
      resolve: ({ unlinkedAccountId }) =>
        unlinkedAccountId === undefined ? null : encodeId('Account', unlinkedAccountId),
    }),
    user: t.field({
      type: UserRef,
      nullable: true,
      description: 'The viewer as they are now; null when it was not done.',
      resolve: ({ userId }, _args, ctx) => (userId === undefined ? null : loadUser(ctx, userId)),
    }),
  }),
});
