import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { noLongerThere } from '../../graphql/errors.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import { countingCost, type List, page, pageArgs } from '../../graphql/page.ts';
import { AspectRef } from '../aspects/type.ts';
import { loadRoom } from '../rooms/loaders.ts';
import { RoomRef } from '../rooms/type.ts';
import { TagRef } from '../tags/type.ts';
import type { UserRow } from '../users/card.ts';
import { loadUser } from '../users/loaders.ts';
import { LocationRef, UserRef } from '../users/type.ts';
import { type PostRow, postCardFor } from './card.ts';
import {
  loadPost,
  postAspectsLoader,
  postMediaLoader,
  postMentionsLoader,
  postReader,
  postTagsLoader,
} from './loaders.ts';
import { hasMentions, showMentions } from './markdown.ts';
import { MediaRef, PhotoRef } from './media-type.ts';
import { maxMedia, maxMentions, maxPhotos, maxPostTags } from './rules.ts';
import {
  type PostListRow,
  type PostSource,
  type PostType,
  postKeys,
  postLists,
  resharesCount,
} from './store.ts';
import type { mediaTypes, postTypes, postVisibilities } from './table.ts';

export const PostTypeEnum = builder.enumType('PostType', {
  description: 'What kind of post something is.',
  values: {
    STATUS: { description: 'A text, photos, or both, without a title of its own.' },
    DISCUSSION: { description: 'A text with a title.' },
    POLL: { description: 'A question to vote on.' },
    RESHARE: { description: 'Another person’s public post, passed on.' },
  } satisfies Record<(typeof postTypes)[number], object>,
});

export const PostVisibilityEnum = builder.enumType('PostVisibility', {
  description: 'Whom a post is for; its author always sees it.',
  values: {
    PUBLIC: { description: 'Everybody.' },
    FOLLOWERS: {
      description: 'Whoever follows the author: only as private as following is, which anybody may.',
    },
    CONNECTIONS: { description: 'Whoever is connected with the author.' },
    ASPECTS: { description: 'Whoever is in one of the aspects that the author chose.' },
    ROOM: { description: 'Whoever is in the room; followers of a page included.' },
  } satisfies Record<(typeof postVisibilities)[number], object>,
});

const MediaTypeEnum = builder.enumType('MediaType', {
  description: 'What the first of a post’s media is.',
  values: {
    IMAGES: { description: 'A photo.' },
    VIDEO: { description: 'A link to a video.' },
    DOCUMENTS: { description: 'A link to a document.' },
    LINK: { description: 'Any other link.' },
  } satisfies Record<(typeof mediaTypes)[number], object>,
});

const PostCountersRef = builder
  .objectRef<Pick<PostRow, 'comments' | 'likes' | 'reshares' | 'subscribers' | 'views'>>('PostCounters')
  .implement({
    description: 'Public figures about a post: the same for everybody who sees it.',
    fields: (t) => ({
      comments: t.exposeInt('comments', { description: 'How many comments there are.' }),
      likes: t.exposeInt('likes', { description: 'How many people like it.' }),
      reshares: t.exposeInt('reshares', { description: 'How many people have reshared it.' }),
      followers: t.exposeInt('subscribers', {
        description: 'How many people have subscribed to its comments.',
      }),
      views: t.exposeInt('views', { description: 'How many people have marked it seen.' }),
      score: t.int({
        description: 'Likes, comments, and twice the reshares.',
        resolve: ({ likes, comments, reshares }) => likes + comments + 2 * reshares,
      }),
    }),
  });

/** The lists of posts that hang under one kind of thing, newest first. */
export function postList(source: PostSource): List<PostListRow, { types: readonly PostType[] | null }> {
  const lists = postLists(source);
  return {
    ordering: `posts of ${source}`,
    keys: postKeys,
    descending: true,
    rows: (ctx, parents, { window, args, fields }) =>
      lists.page(ctx.db, postReader(ctx), parents, postCardFor(fields), window, args.types),
    keyOf: ({ post }) => [post.createdAt, post.id],
    counts: (ctx, parents, args) => lists.count(ctx.db, postReader(ctx), parents, args.types),
  };
}

const resharesList: ReturnType<typeof postList> = {
  ...postList('root'),
  counts: (ctx, parents) => resharesCount(ctx.db, postReader(ctx), parents),
};
const all = { types: null };

export const PostRef = builder.objectRef<PostRow>('Post');

export const PostConnection = connectionOf<{ post: PostRow }, PostRow>(
  'Post',
  { type: PostRef, of: (row) => row.post },
  { of: 'a list of posts', counted: true },
);

/** People as `showMentions` takes them. */
export function named(people: readonly { id: string; username: string }[]) {
  return new Map(people.map(({ id, username }) => [id, { id: encodeId('User', id), username }]));
}

/** What to show as a post's author. @throws CONFLICT when they are out of sight since the post was read. */
async function authorOf({ author, authorId }: PostRow, ctx: Context): Promise<UserRow> {
  return author ?? (await loadUser(ctx, authorId)) ?? gone();
}

function gone(): never {
  throw noLongerThere();
}

PostRef.implement({
  description:
    'Something that a person wrote, or passed on. Those that are not public are found only by whom they are for, whose token has the scope `private:read`.',
  interfaces: [Node],
  fields: (t) => ({
    id: t.id({ description: 'Opaque, unique across types.', resolve: (post) => encodeId('Post', post.id) }),
    author: t.field({
      type: UserRef,
      description: 'Who wrote it, or passed it on.',
      resolve: (post, _args, ctx) => authorOf(post, ctx),
    }),
    type: t.expose('type', { type: PostTypeEnum, description: 'What kind of post it is.' }),
    title: t.string({
      description:
        'A discussion’s own title, at most 255 characters; else from the text, at most 70; else “A post from” and the author’s name.',
      resolve: async (post, _args, ctx) => {
        if (post.title !== null) return post.title;
        const { displayName, realName, username } = await authorOf(post, ctx);
        return `A post from ${displayName ?? realName ?? username}`;
      },
    }),
    slug: t.exposeString('slug', {
      description: 'Its name in addresses, unique among its author’s: from the title it began with.',
    }),
    body: t.exposeString('body', {
      description: 'The text as it was written, in Markdown, at most 65,535 characters; empty in a reshare.',
    }),
    html: t.field({
      type: 'HTML',
      description:
        '`body` rendered. A mention is a link of class “mention” to /@username, with the person’s `id` in `data-user-id`; it is plain text where the viewer cannot find the person.',
      resolve: async (post, _args, ctx) =>
        hasMentions(post.html)
          ? showMentions(post.html, named(await ctx.loaders.load(ctx, postMentionsLoader, post.id)))
          : post.html,
    }),
    summary: t.exposeString('summary', {
      description: 'The text without markup on one line, at most 200 characters.',
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was posted.',
      resolve: ({ createdAt }) => createdAt,
    }),
    updatedAt: t.field({
      type: 'DateTime',
      description: 'When it was last edited; at first the same as `createdAt`.',
      resolve: ({ updatedAt }) => updatedAt,
    }),
    lastActivityAt: t.field({
      type: 'DateTime',
      description: 'When somebody last commented on it; until then when it was posted.',
      resolve: ({ lastActivityAt }) => lastActivityAt,
    }),
    visibility: t.expose('visibility', { type: PostVisibilityEnum, description: 'Whom it is for.' }),
    aspects: t.field({
      type: [AspectRef],
      description:
        'The aspects that it is for, to its author alone, with the scope `contacts:read`; empty for everybody else.',
      resolve: (post, _args, ctx) =>
        post.authorId === ctx.viewer?.id && post.visibility === 'ASPECTS'
          ? ctx.loaders.load(ctx, postAspectsLoader, post.id)
          : [],
    }),
    isNsfw: t.exposeBoolean('isNsfw', {
      description: 'Whether it is not for every place: its author says so, of it or of themself.',
    }),
    isCollapsed: t.exposeBoolean('isCollapsed', { description: 'Whether operators have folded it.' }),
    provider: t.exposeString('provider', {
      nullable: true,
      description: 'The application it was written with, as its token says; null where it does not.',
    }),
    mediaType: t.field({
      type: MediaTypeEnum,
      nullable: true,
      description: 'What the first of its media is; null where it has none.',
      resolve: ({ mediaType }) => mediaType,
    }),
    media: t.field({
      type: [MediaRef],
      description: `Its photos and links, in their order, at most ${maxMedia}.`,
      extensions: { cost: { length: maxMedia } },
      resolve: (post, _args, ctx) =>
        post.mediaType === null ? [] : ctx.loaders.load(ctx, postMediaLoader, post.id),
    }),
    photos: t.field({
      type: [PhotoRef],
      description: `Its photos, in their order, at most ${maxPhotos}.`,
      extensions: { cost: { length: maxPhotos } },
      resolve: async (post, _args, ctx) =>
        post.mediaType === 'IMAGES'
          ? (await ctx.loaders.load(ctx, postMediaLoader, post.id)).filter(({ kind }) => kind === 'PHOTO')
          : [],
    }),
    location: t.field({
      type: LocationRef,
      nullable: true,
      description: 'Where it was written; null where that is not said.',
      resolve: (post) => (post.locationName === null && post.latitude === null ? null : post),
    }),
    tags: t.field({
      type: [TagRef],
      description: `What it is tagged with: first what was given, then the hashtags of the text; at most ${maxPostTags}.`,
      resolve: (post, _args, ctx) => ctx.loaders.load(ctx, postTagsLoader, post.id),
    }),
    mentions: t.field({
      type: [UserRef],
      description: `Whom the text mentions, of those the viewer can find, at most ${maxMentions}.`,
      extensions: { cost: { length: maxMentions } },
      resolve: (post, _args, ctx) => ctx.loaders.load(ctx, postMentionsLoader, post.id),
    }),
    room: t.field({
      type: RoomRef,
      nullable: true,
      description: 'The room that it is in; null where it is in none, or the viewer may not see the room.',
      resolve: ({ roomId }, _args, ctx) => (roomId === null ? null : loadRoom(ctx, roomId)),
    }),
    root: t.field({
      type: PostRef,
      nullable: true,
      description:
        'What a reshare reshares; null for everything else, and where that is gone or out of the viewer’s sight.',
      resolve: ({ rootId }, _args, ctx) => (rootId === null ? null : loadPost(ctx, rootId)),
    }),
    counters: t.field({
      type: PostCountersRef,
      description: 'Public figures about it.',
      resolve: (post) => post,
    }),
    reshares: t.field({
      type: PostConnection,
      description: `Its reshares, newest first. A totalCount adds ${countingCost} to the document’s cost.`,
      args: pageArgs(t.arg),
      resolve: (post, args, ctx, info) => page(ctx, info, resharesList, post.id, args, all),
    }),
  }),
});
findableNode('Post', PostRef, loadPost);
