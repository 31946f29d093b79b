import { type Context, viewerId } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { badInput } from '../../graphql/errors.ts';
import { idOf } from '../../graphql/node.ts';
import { page, pageArgs, soleList } from '../../graphql/page.ts';
import { codePoints } from '../../graphql/validate.ts';
import { accountKeyLoader } from '../accounts/loaders.ts';
import type { AccountProvider } from '../accounts/table.ts';
import { AccountProviderEnum } from '../accounts/type.ts';
import { isUsernameAnywhere } from '../remotes/rules.ts';
import { readThrough } from '../remotes/target.ts';
import { isInRoom, loadRoom } from '../rooms/loaders.ts';
import { cardFor, type UserRow } from './card.ts';
import { loadUser, sidLoader, usernameLoader } from './loaders.ts';
import { fold, isSid, usernameKey } from './rules.ts';
import { type Search, searchCount, searchPage } from './search-store.ts';
import { type UserOrdering, usersCount, usersPage } from './store.ts';
import { UserConnection, UserRef } from './type.ts';

/** Lists at the root hang under nothing. */
const root = '';

const everybody = (ordering: UserOrdering, descending: boolean) =>
  soleList<{ user: UserRow }>({
    ordering: `users by ${ordering} ${descending ? 'down' : 'up'}`,
    keys: ordering === 'created' ? ['time', 'id'] : ['text'],
    descending,
    rows: (ctx, _root, { window, fields }) =>
      usersPage(ctx.db, viewerId(ctx), ordering, cardFor(fields), window),
    keyOf: ({ user }) => (ordering === 'created' ? [user.createdAt, user.id] : [usernameKey(user.username)]),
    count: (ctx) => usersCount(ctx.db, viewerId(ctx)),
  });

const userLists = {
  NEWEST: everybody('created', true),
  OLDEST: everybody('created', false),
  USERNAME: everybody('username', false),
};

const UserOrderEnum = builder.enumType('UserOrder', {
  description: 'What a list of people is ordered by.',
  values: {
    NEWEST: { description: 'Those who joined last come first.' },
    OLDEST: { description: 'Those who joined first come first.' },
    USERNAME: { description: 'By username, case aside.' },
  } as const,
});

const SearchContextEnum = builder.enumType('SearchContext', {
  description: 'What a search is for.',
  values: {
    EVERYONE: { description: 'Anybody: best match first.' },
    MENTION: { description: 'Somebody to mention: whom the viewer follows comes before everybody else.' },
    ROOM_INVITE: {
      description:
        'Somebody to invite to a room: needs `roomId`; whom the viewer follows comes before everybody else.',
    },
  } as const,
});

interface SearchRow {
  user: UserRow;
  score: number;
  /** The room that it is asked of whether they are in it; null for none. */
  roomId: string | null;
}

const found = soleList<SearchRow, Search & Pick<SearchRow, 'roomId'>>({
  ordering: 'search',
  keys: ['int', 'id'],
  descending: true,
  rows: async (ctx, _root, { window, args, fields }) =>
    (await searchPage(ctx.db, viewerId(ctx), args, cardFor(fields), window)).map((row) => ({
      ...row,
      roomId: args.roomId,
    })),
  keyOf: ({ score, user }) => [score, user.id],
  count: (ctx, _root, search) => searchCount(ctx.db, viewerId(ctx), search),
});

const UserSearchConnection = connectionOf<SearchRow, UserRow>(
  'UserSearch',
  { type: UserRef, of: (row) => row.user },
  {
    of: 'the people that a search found, best match first',
    counted: true,
    edgeFields: (t) => ({
      isRoomMember: t.boolean({
        nullable: true,
        description: 'Whether they are in the room that `roomId` names; null without it.',
        resolve: ({ row }, _args, ctx) =>
          row.roomId === null ? null : isInRoom(ctx, row.roomId, row.user.id),
      }),
    }),
  },
);

const AccountByInput = builder.inputType('AccountBy', {
  description: 'An account in another system: by exactly one of `externalId` and `accountName`.',
  fields: (t) => ({
    provider: t.field({ type: AccountProviderEnum, required: true, description: 'Where the account is.' }),
    instance: t.string({
      description:
        'Which of the provider’s servers, by its host; null where there is but one, or only one that this community reads.',
    }),
    externalId: t.string({ description: 'Its `externalId`.' }),
    accountName: t.string({ description: 'Its `username`, in whatever case.' }),
  }),
});

const UserByInput = builder.inputType('UserBy', {
  description: 'What tells one person from all others: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'Their `id`.' }),
    username: t.string({
      description:
        'Their username, in whatever case; of who lives in another system, with their host behind an @.',
    }),
    sid: t.string({ description: 'Their `sid`.' }),
    account: t.field({
      type: AccountByInput,
      description:
        'An account in another system that they show; also of somebody who lives there, where this community reads that system. Then SOURCE_UNAVAILABLE when it does not answer, and nothing is known of them here.',
    }),
  }),
});

/** Longest text that is searched for, in characters. */
const maxQuery = 100;

builder.queryFields((t) => ({
  user: t.field({
    type: UserRef,
    nullable: true,
    description: 'One person; null when there is none like that, or the viewer may not see them.',
    args: { by: t.arg({ type: UserByInput, required: true, description: 'Who.' }) },
    resolve: (_root, { by }, ctx) => findUser(ctx, by),
  }),
  users: t.field({
    type: UserConnection,
    description: 'Everybody who lets themself be listed, less whom the viewer has hidden.',
    args: {
      ...pageArgs(t.arg),
      orderBy: t.arg({
        type: UserOrderEnum,
        required: true,
        defaultValue: 'NEWEST',
        description: 'Who comes first.',
      }),
    },
    resolve: (_root, { orderBy, ...args }, ctx, info) => page(ctx, info, userLists[orderBy], root, args),
  }),
  searchUsers: t.field({
    type: UserSearchConnection,
    description:
      'People by username, display name or real name: by the beginnings of words and by likeness, whatever the case and the accents. Best match first.',
    args: {
      query: t.arg.string({ required: true, description: `What to look for, 1–${maxQuery} characters.` }),
      context: t.arg({
        type: SearchContextEnum,
        required: true,
        defaultValue: 'EVERYONE',
        description: 'What the search is for.',
      }),
      roomId: t.arg.id({
        description: 'The `id` of a room that the viewer sees, for `isRoomMember`; null for none.',
      }),
      ...pageArgs(t.arg),
    },
    resolve: async (_root, { query, context, roomId, ...args }, ctx, info) => {
      const text = query.trim();
      if (codePoints(text) > maxQuery || fold(text) === '') {
        throw badInput(`\`query\` must have 1–${maxQuery} characters, and a letter or a digit among them.`);
      }
      if (context === 'ROOM_INVITE' && (roomId ?? null) === null) {
        throw badInput('`ROOM_INVITE` needs the `roomId` of the room to invite to.');
      }
      const room = await roomAsked(ctx, roomId ?? null);
      return page(ctx, info, found, root, args, {
        query,
        followedFirst: context !== 'EVERYONE',
        roomId: room,
      });
    },
  }),
}));

/** The UUID of the room that a search names. @throws BAD_USER_INPUT for none that the viewer sees. */
async function roomAsked(ctx: Context, roomId: string | null): Promise<string | null> {
  if (roomId === null) return null;
  const id = idOf('Room', roomId);
  if (id === null || !(await loadRoom(ctx, id))) throw badInput('`roomId` is no room that the viewer sees.');
  return id;
}

function findUser(
  ctx: Context,
  by: { id?: string; username?: string; sid?: string; account?: AccountBy },
): Promise<UserRow | null> | null {
  if (by.account) return findByAccount(ctx, by.account);
  if (by.id !== undefined) {
    const id = idOf('User', by.id);
    return id === null ? null : loadUser(ctx, id);
  }
  if (by.username !== undefined) {
    return isUsernameAnywhere(by.username)
      ? ctx.loaders.load(ctx, usernameLoader, usernameKey(by.username))
      : null;
  }
  return by.sid !== undefined && isSid(by.sid) ? ctx.loaders.load(ctx, sidLoader, by.sid) : null;
}

interface AccountBy {
  provider: AccountProvider;
  instance?: string | null | undefined;
  externalId?: string | null | undefined;
  accountName?: string | null | undefined;
}

async function findByAccount(
  ctx: Context,
  { provider, instance, externalId, accountName }: AccountBy,
): Promise<UserRow | null> {
  if ((externalId ?? null) === null ? (accountName ?? null) === null : (accountName ?? null) !== null) {
    throw badInput('Give exactly one of `externalId` and `accountName`.');
  }
  const key = ctx.remotes.whole({
    provider,
    instance: instance ?? null,
    externalId: externalId ?? null,
    accountName: accountName ?? null,
  });
  await readThrough(ctx, key);
  return ctx.loaders.load(ctx, accountKeyLoader, JSON.stringify(key));
}
