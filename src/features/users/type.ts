import type { GraphQLResolveInfo } from 'graphql';
import { type Context, viewerId } from '../../context.ts';
import type { Database } from '../../db/client.ts';
import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { emptyPage, type List, type Page, type PageArgs, page } from '../../graphql/page.ts';
import { ImageRef, shown } from '../media/type.ts';
import { maxCustomPreferences } from '../profile/rules.ts';
import { PreferenceRef, ProfileRef } from '../profile/type.ts';
import { remoteLoader } from '../remotes/loaders.ts';
import { cardFor, type UserRow } from './card.ts';
import { detailsLoader, loadUser, statsLoader } from './loaders.ts';
import { type PeerRow, peerKeys, type peerPages } from './peer-store.ts';
import { utcOffset } from './rules.ts';
import type { DetailsRow } from './store.ts';

export const UserStatusEnum = builder.enumType('UserStatus', {
  description: 'How an account stands.',
  values: {
    ACTIVE: { description: 'In use.' },
    PENDING: { description: 'Waits for an operator’s approval; can read and edit itself only.' },
    SUSPENDED: { description: 'Closed by an operator; not found by others.' },
    DELETED: { description: 'A person from another system who is gone there.' },
  } as const,
});

export const BadgeEnum = builder.enumType('Badge', {
  description: 'A mark that operators give.',
  values: {
    ADMIN: { description: 'Runs this community.' },
    STAFF: { description: 'Works for this community.' },
    VERIFIED: { description: 'Is who they say they are.' },
    COMMUNITY: { description: 'Stands for the community itself.' },
  } as const,
});

const CoordinatesRef = builder.objectRef<{ latitude: number; longitude: number }>('Coordinates').implement({
  description: 'A point on Earth (WGS 84).',
  fields: (t) => ({
    latitude: t.exposeFloat('latitude', { description: 'Degrees north of the equator, −90 to 90.' }),
    longitude: t.exposeFloat('longitude', { description: 'Degrees east of Greenwich, −180 to 180.' }),
  }),
});

export { CoordinatesRef };

export const LocationRef = builder
  .objectRef<Pick<DetailsRow, 'locationName' | 'latitude' | 'longitude'>>('Location')
  .implement({
    description: 'Where somebody says they are: a name, a point, or both.',
    fields: (t) => ({
      name: t.exposeString('locationName', {
        nullable: true,
        description: 'The place’s name, at most 255 characters; null where none is given.',
      }),
      coordinates: t.field({
        type: CoordinatesRef,
        nullable: true,
        description: 'The point; null where none is given.',
        resolve: (place) => coordinates(place.latitude, place.longitude),
      }),
    }),
  });

const CompanyRef = builder.objectRef<Pick<DetailsRow, 'companyName' | 'companyRole'>>('Company').implement({
  description: 'Where somebody works, and as what.',
  fields: (t) => ({
    name: t.exposeString('companyName', {
      nullable: true,
      description: 'The company’s name; null where none is given.',
    }),
    role: t.exposeString('companyRole', {
      nullable: true,
      description: 'What they do there; null where it is not given.',
    }),
  }),
});

const figures = {
  followers: 'How many people follow them.',
  following: 'How many people they follow.',
  connections: 'How many people they are connected with.',
  posts: 'How many public posts they have, reshares among them.',
  statuses: 'How many public posts without a title or a poll they have.',
  discussions: 'How many public discussions they have.',
  polls: 'How many public polls they have.',
  photos: 'How many photos their public posts have.',
  likesReceived: 'How many likes their public posts have.',
  categories: 'How many categories they follow.',
};
type Figures = Record<keyof typeof figures, number>;
const noFigures = Object.fromEntries(Object.keys(figures).map((name) => [name, 0])) as Figures;

const UserStatsRef = builder.objectRef<Figures>('UserStats').implement({
  description: 'Public figures about a person: the same for everybody who asks, whoever they can see.',
  fields: (t) =>
    Object.fromEntries(
      Object.entries(figures).map(([name, description]) => [
        name,
        t.int({ description, resolve: (stats) => stats[name as keyof Figures] }),
      ]),
    ),
});

const detail = async <Value>(ctx: Context, user: UserRow, read: (details: DetailsRow) => Value | null) => {
  if (user.restricted) return null;
  const details = await ctx.loaders.load(ctx, detailsLoader, user.id);
  return details && read(details);
};

const remoteUtcOffset = async (ctx: Context, id: string) =>
  (await ctx.loaders.load(ctx, remoteLoader, id))?.utcOffset ?? null;

/** Details are shown as their owner chose: said in every such field's description. */
const ifShown =
  'null where none is given, or the owner’s `profileVisibility` does not let this viewer see it.';

export const UserRef = builder.objectRef<UserRow>('User');
UserRef.implement({
  description: 'A person: what others see of them.',
  interfaces: [Node, ProfileRef],
  fields: (t) => ({
    id: t.id({ description: 'Opaque, unique across types.', resolve: (user) => encodeId('User', user.id) }),
    isViewer: t.boolean({
      description: 'Whether this is the person behind the token.',
      resolve: (user, _args, ctx) => user.id === ctx.viewer?.id,
    }),
    username: t.exposeString('username', {
      description:
        'The unique name, 2–40 of A–Z a–z 0–9 _ . -; case does not tell people apart. Of who lives in another system, their name there, with their host behind an @.',
    }),
    name: t.string({
      description: 'What to show: `displayName`, else `realName`, else `username`.',
      resolve: (user) => user.displayName ?? user.realName ?? user.username,
    }),
    realName: t.exposeString('realName', {
      nullable: true,
      description: 'The name in their papers, at most 100 characters; null where none is given.',
    }),
    tagline: t.exposeString('tagline', {
      nullable: true,
      description: 'Themself in one line, at most 150 characters; null where none is given.',
    }),
    bio: t.string({
      nullable: true,
      description: `Themself at more length, in Markdown, at most 1,000 characters (of who lives in another system, whatever they have there); ${ifShown}`,
      resolve: (user, _args, ctx) => detail(ctx, user, (d) => d.bio),
    }),
    bioHtml: t.field({
      type: 'HTML',
      nullable: true,
      description: `\`bio\` rendered; ${ifShown}`,
      resolve: (user, _args, ctx) => detail(ctx, user, (d) => d.bioHtml),
    }),
    website: t.field({
      type: 'URL',
      nullable: true,
      description: 'Their own site; null where none is given.',
      resolve: (user) => user.website,
    }),
    cover: t.field({
      type: ImageRef,
      nullable: true,
      description: 'The wide picture above their page; null where there is none.',
      resolve: ({ cover }) => shown(cover),
    }),
    customPreferences: t.field({
      type: [PreferenceRef],
      description: `The preferences of their own making, in their order, at most ${maxCustomPreferences}.`,
      resolve: ({ customPreferences }) => customPreferences.map((own) => ({ ...own, isCustom: true })),
    }),
    memberTitle: t.string({
      description: 'What the members of this person are called; “Members” where none is set.',
      resolve: (user) => user.memberTitle ?? 'Members',
    }),
    badges: t.field({
      type: [BadgeEnum],
      description: 'The marks that operators gave them.',
      resolve: (user) => user.badges,
    }),
    utcOffset: t.int({
      nullable: true,
      description:
        'Seconds east of UTC where they are, now, daylight saving included; of who lives elsewhere and gives no time zone, as it was when they were read; null where nothing is given.',
      resolve: (user, _args, ctx) => {
        if (user.timezone !== null) return utcOffset(user.timezone, ctx.now());
        return user.isRemote ? remoteUtcOffset(ctx, user.id) : null;
      },
    }),
    status: t.field({
      type: UserStatusEnum,
      description: 'How the account stands.',
      resolve: (user) => user.status,
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When the account was made.',
      resolve: (user) => user.createdAt,
    }),
    isNsfw: t.exposeBoolean('isNsfw', { description: 'Whether what they show is not for every place.' }),
    birthday: t.field({
      type: 'Date',
      nullable: true,
      description: `Their birthday; the year 1004 means that the year is not given; ${ifShown}`,
      resolve: (user, _args, ctx) => detail(ctx, user, (d) => d.birthday),
    }),
    gender: t.string({
      nullable: true,
      description: `Their gender in their words, at most 255 characters; ${ifShown}`,
      resolve: (user, _args, ctx) => detail(ctx, user, (d) => d.gender),
    }),
    location: t.field({
      type: LocationRef,
      nullable: true,
      description: `Where they are; ${ifShown}`,
      resolve: (user, _args, ctx) =>
        detail(ctx, user, (d) => (d.locationName === null && d.latitude === null ? null : d)),
    }),
    company: t.field({
      type: CompanyRef,
      nullable: true,
      description: `Where they work; ${ifShown}`,
      resolve: (user, _args, ctx) =>
        detail(ctx, user, (d) => (d.companyName === null && d.companyRole === null ? null : d)),
    }),
    stats: t.field({
      type: UserStatsRef,
      description: 'Public figures about them.',
      resolve: async (user, _args, ctx) => (await ctx.loaders.load(ctx, statsLoader, user.id)) ?? noFigures,
    }),
    reputation: t.int({
      description: 'Likes, and twice the reshares, of all their posts, by others.',
      resolve: async (user, _args, ctx) =>
        (await ctx.loaders.load(ctx, statsLoader, user.id))?.reputation ?? 0,
    }),
  }),
});
findableNode('User', UserRef, loadUser);

/** A point, where both its numbers are there. */
export function coordinates(latitude: number | null, longitude: number | null) {
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

/** Lists of people that say nothing more of each. */
export const UserConnection = connectionOf(
  'User',
  { type: UserRef, of: (row: { user: UserRow }) => row.user },
  { of: 'a list of people', counted: true },
);

/**
 * A list of people by a relation of theirs to somebody, newest first.
 * @param ordering its name, inside its cursors.
 * @param pages as `peerPages` makes it.
 * @param counts one statement: how many each parent's list has for the viewer.
 */
export function peerList<Detail>(
  ordering: string,
  pages: ReturnType<typeof peerPages<Detail>>,
  counts: (
    db: Database,
    viewer: string | null,
    parents: readonly string[],
  ) => Promise<{ parentId: string; count: number }[]>,
): List<PeerRow<Detail>> {
  return {
    ordering,
    keys: peerKeys,
    descending: true,
    rows: (ctx, parents, { window, fields }) =>
      pages(ctx.db, viewerId(ctx), parents, cardFor(fields), window),
    keyOf: ({ at, user }) => [at, user.id],
    counts: (ctx, parents) => counts(ctx.db, viewerId(ctx), parents),
  };
}

type PersonsPage<Row> = (
  user: UserRow,
  args: PageArgs,
  ctx: Context,
  info: GraphQLResolveInfo,
) => Page<Row> | Page<never>;

/** Resolves a list of a person's, which is empty where nothing leads on from them. */
export function pageOfPerson<Row extends { parentId: string }>(list: List<Row>): PersonsPage<Row> {
  return (user, args, ctx, info) => (user.restricted ? emptyPage : page(ctx, info, list, user.id, args));
}

/** The same for what the viewer has in common with them: empty without a token. */
export function mutualPageOfPerson<Row extends { parentId: string }>(list: List<Row>): PersonsPage<Row> {
  const whole = pageOfPerson(list);
  return (user, args, ctx, info) => (ctx.viewer ? whole(user, args, ctx, info) : emptyPage);
}
