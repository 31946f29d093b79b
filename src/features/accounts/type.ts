import { builder } from '../../graphql/builder.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { accountLoader } from './loaders.ts';
import type { AccountRow } from './store.ts';
import type { AccountProvider } from './table.ts';

export const AccountProviderEnum = builder.enumType('AccountProvider', {
  description: 'Where somebody has an account.',
  values: {
    SELFCOMMUNITY: { description: 'A SelfCommunity community; `instance` says which.' },
    PRONOUNS_CC: { description: 'pronouns.cc.' },
    QURAN_FOUNDATION: { description: 'Quran Foundation.' },
    DIASPORA: { description: 'diaspora*; `instance` is the pod.' },
    DISCORD: { description: 'Discord.' },
    TUMBLR: { description: 'Tumblr.' },
    GOOGLE: { description: 'Google.' },
    FEDIVERSE: { description: 'A server of the fediverse; `instance` says which.' },
    OIDC: {
      description:
        'The issuer of this community’s tokens (OpenID Connect), or an id of the operator’s own; `instance` is the issuer.',
    },
  } satisfies Record<AccountProvider, object>,
});

export const AccountRef = builder.objectRef<AccountRow>('Account');
AccountRef.implement({
  description: 'The same person in another system.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: (account) => encodeId('Account', account.id),
    }),
    provider: t.expose('provider', { type: AccountProviderEnum, description: 'Where the account is.' }),
    externalId: t.exposeString('externalId', { description: 'Who they are there: an id that stays.' }),
    username: t.exposeString('username', {
      nullable: true,
      description: 'What they are called there; null where it is not known.',
    }),
    instance: t.string({
      nullable: true,
      description: 'Which of the provider’s servers; null where there is but one.',
      resolve: ({ instance }) => (instance === '' ? null : instance),
    }),
    url: t.expose('url', {
      type: 'URL',
      nullable: true,
      description: 'Their page there; null where it is not known.',
    }),
    isVisible: t.exposeBoolean('isVisible', {
      description: 'Whether others see it. At first false; see `updateAccount`.',
    }),
  }),
});
findableNode('Account', AccountRef, (ctx, id) => ctx.loaders.load(ctx, accountLoader, id));
