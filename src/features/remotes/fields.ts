import { type Context, viewerId } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import type { AccountRow } from '../accounts/store.ts';
import { AccountProviderEnum, AccountRef } from '../accounts/type.ts';
import { UserRef } from '../users/type.ts';
import { linkLoader, remoteLoader } from './loaders.ts';
import type { RemoteRow } from './person-store.ts';
import type { RemoteCounters } from './table.ts';

const told = 'null where the source does not tell.';

const figures = {
  followers: `How many people follow them there; ${told}`,
  following: `How many people they follow there; ${told}`,
  connections: `How many people they are connected with there; ${told}`,
  posts: `How many posts they have there; ${told}`,
  discussions: `How many discussions they have there; ${told}`,
  statuses: `How many posts without a title or a poll they have there; ${told}`,
  polls: `How many polls they have there; ${told}`,
  categories: `How many categories they follow there; ${told}`,
  likesReceived: `How many likes their posts have there; ${told}`,
  reputation: `Their reputation there, by the source’s own reckoning; ${told}`,
};

const RemoteStatsRef = builder.objectRef<RemoteCounters>('RemoteStats').implement({
  description: 'What another system counts of somebody who lives there, as it was when they were read last.',
  fields: (t) =>
    Object.fromEntries(
      Object.entries(figures).map(([name, description]) => [
        name,
        t.int({ nullable: true, description, resolve: (counters) => counters[name] ?? null }),
      ]),
    ),
});

const RemoteRef = builder.objectRef<RemoteRow>('Remote').implement({
  description: 'Where somebody lives who lives in another system, and when they were read there last.',
  fields: (t) => ({
    provider: t.expose('provider', { type: AccountProviderEnum, description: 'The system.' }),
    instance: t.string({
      nullable: true,
      description: 'Which of its servers, by its host; null where there is but one.',
      resolve: ({ instance }) => instance || null,
    }),
    externalId: t.exposeString('externalId', { description: 'Who they are there: an id that stays.' }),
    url: t.expose('url', {
      type: 'URL',
      nullable: true,
      description: 'Their page there; null where it is not known.',
    }),
    fetchedAt: t.field({
      type: 'DateTime',
      description: 'When they were read there last.',
      resolve: ({ fetchedAt }) => fetchedAt,
    }),
    stale: t.boolean({
      description:
        'Whether that is longer ago than this community lets it be: the source did not answer since, or nobody asked for them by their account.',
      resolve: ({ fetchedAt }, _args, ctx) => ctx.remotes.isStale(fetchedAt),
    }),
    stats: t.field({
      type: RemoteStatsRef,
      description: 'What the source counts; `User.stats` counts what is here.',
      resolve: ({ counters }) => counters,
    }),
  }),
});

builder.objectField(UserRef, 'remote', (t) =>
  t.field({
    type: RemoteRef,
    nullable: true,
    description:
      'Where they live, where that is another system: they cannot sign in here, but be followed, hidden and blocked as anybody. Null for who lives here.',
    resolve: (user, _args, ctx) => (user.isRemote ? ctx.loaders.load(ctx, remoteLoader, user.id) : null),
  }),
);

/** How the viewer has linked an account of their own; null for others', and for what is not linked. */
async function ownLink(ctx: Context, { id, userId }: AccountRow) {
  const isOwn = userId === viewerId(ctx) && ctx.viewer?.scopes.has('profile:read_private');
  return isOwn ? ctx.loaders.load(ctx, linkLoader, id) : null;
}

const toThemself = 'Told to its owner alone, with the scope `profile:read_private`;';

builder.objectFields(AccountRef, (t) => ({
  linkedAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: `When it was linked. ${toThemself} null to others and where it was not: see \`linkAccount\`.`,
    resolve: async (account, _args, ctx) => (await ownLink(ctx, account))?.linkedAt ?? null,
  }),
  syncedAt: t.field({
    type: 'DateTime',
    nullable: true,
    description: `When it was last read. ${toThemself} null to others and where it is not linked: see \`syncAccount\`.`,
    resolve: async (account, _args, ctx) => (await ownLink(ctx, account))?.syncedAt ?? null,
  }),
  keepsToken: t.boolean({
    nullable: true,
    description: `Whether a token is kept for it, so that \`syncAccount\` needs none. ${toThemself} null to others and where it is not linked.`,
    resolve: async (account, _args, ctx) => {
      const link = await ownLink(ctx, account);
      return link ? link.hasToken && ctx.links.keepsTokens : null;
    },
  }),
}));
