import { refuse } from '../../graphql/errors.ts';
import { mutation } from '../../graphql/mutation.ts';
import { remoteProviders } from '../remotes/table.ts';
import { accountPayload, checkedToken, proveAccount } from './act.ts';
import { AccountProviderEnum } from './type.ts';

mutation('linkAccount', {
  description:
    'Makes an account in another system the viewer’s, which they prove by a token of it: that system is asked whose the token is. Whoever was here with this account and lived there is the viewer from then on, with their follows, posts and counters. What is empty of the viewer’s profile is filled, what is set stays; details that the account keeps from others fill no profile that shows its details to everybody. Its members and pride flags come along, those that take long after the answer. TAKEN where the account is another person’s here; SOURCE_UNAVAILABLE as a top-level error when the system does not answer.',
  scope: 'profile:modify',
  towardsOthers: false,
  input: (t) => ({
    provider: t.field({
      type: AccountProviderEnum,
      required: true,
      description: 'SELFCOMMUNITY, PRONOUNS_CC, QURAN_FOUNDATION or DIASPORA; INVALID for any other.',
    }),
    instance: t.string({
      description:
        'Which of the provider’s servers, by its host, such as `pod.example`: one that this community reads, or any on the public internet. Null where there is but one, or only one that this community reads.',
    }),
    token: t.string({
      required: true,
      description:
        'A token of the account, 1–4,096 printable characters. It is kept encrypted where this community keeps tokens, else it is used once; nobody is shown it again.',
    }),
  }),
  run: async ({ provider, instance, token }, ctx, viewer) => {
    const known = remoteProviders.find((one) => one === provider);
    if (!known) throw refuse('INVALID', 'Accounts of this provider cannot be linked.', 'provider');
    const to = { provider: known, instance: instance ?? null, token: checkedToken(token) };
    return proveAccount(ctx, viewer.id, 'instance', (links) => links.link(viewer.id, to));
  },
  payload: accountPayload,
});
