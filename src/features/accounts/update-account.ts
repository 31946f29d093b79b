import { requireViewer } from '../../auth/require-viewer.ts';
import { mutation } from '../../graphql/mutation.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { setVisible } from './store.ts';
import { AccountRef } from './type.ts';

mutation('updateAccount', {
  description: 'Shows one of the viewer’s accounts in other systems to others, or hides it.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    accountId: t.id({ required: true, description: 'Which: the `id` of one of `Viewer.accounts`.' }),
    isVisible: t.boolean({
      required: true,
      description: 'Whether others see it, and find the viewer by it.',
    }),
  }),
  run: async ({ accountId, isVisible }, ctx, viewer) => {
    const id = requireId('Account', accountId, 'accountId');
    const account = await setVisible(ctx.db, viewer.id, id, isVisible);
    if (!account) throw notFound('Account', 'accountId');
    return { account };
  },
  payload: (t) => ({
    account: t.field({
      type: AccountRef,
      nullable: true,
      description:
        'The account as it is now; null when it was not done. A hidden one needs the scope `profile:read_private`.',
      resolve: ({ account }, _args, ctx) => {
        if (account && !account.isVisible) requireViewer(ctx, 'profile:read_private');
        return account ?? null;
      },
    }),
  }),
});
