import { mutation } from '../../graphql/mutation.ts';
import { requireId } from '../../graphql/node.ts';
import { accountPayload, checkedToken, proveAccount } from './act.ts';

mutation('syncAccount', {
  description:
    'Reads an account again that the viewer has linked: what came from it and was not changed by hand since becomes what it is there by now, what is empty is filled, and new members and pride flags come along. SOURCE_UNAVAILABLE as a top-level error when the system does not answer.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    accountId: t.id({ required: true, description: 'Which: the `id` of one of `Viewer.accounts`.' }),
    token: t.string({
      description:
        'A token of the account, 1–4,096 printable characters, which is kept from then on as by `linkAccount`; null for the one that is kept, INVALID where none is: see `Account.keepsToken`.',
    }),
  }),
  run: async ({ accountId, token }, ctx, viewer) => {
    const id = requireId('Account', accountId, 'accountId');
    const given = token === null || token === undefined ? null : checkedToken(token);
    return proveAccount(ctx, viewer.id, 'accountId', (links) => links.sync(viewer.id, id, given));
  },
  payload: accountPayload,
});
