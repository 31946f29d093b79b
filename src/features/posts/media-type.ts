import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { connectionOf } from '../../graphql/connection.ts';
import { noLongerThere } from '../../graphql/errors.ts';
import { encodeId, findableNode, Node } from '../../graphql/node.ts';
import type { List } from '../../graphql/page.ts';
import { ImageRef } from '../media/type.ts';
import { loadUser } from '../users/loaders.ts';
import { UserRef } from '../users/type.ts';
import { mediumLoader, postReader } from './loaders.ts';
import { type MediumRow, photosCount, photosPage } from './media-store.ts';
import { postKeys } from './store.ts';

const typeNames = {
  PHOTO: 'Photo',
  LINK: 'LinkMedia',
  VIDEO: 'VideoMedia',
  DOCUMENT: 'DocumentMedia',
} as const satisfies Record<MediumRow['kind'], string>;

export const MediaRef = builder.interfaceRef<MediumRow>('Media').implement({
  description: 'A photo or a link of a post.',
  interfaces: [Node],
  resolveType: ({ kind }) => typeNames[kind],
  fields: (t) => ({
    id: t.id({
      description: 'Opaque, unique across types.',
      resolve: ({ kind, id }) => encodeId(typeNames[kind], id),
    }),
    position: t.exposeInt('position', { description: 'Its place among the post’s media, from 0.' }),
    title: t.exposeString('title', {
      nullable: true,
      description: 'What it is called, at most 255 characters; null where that is not said.',
    }),
    description: t.exposeString('description', {
      nullable: true,
      description: 'What is to be seen, at most 1,000 characters; null where that is not said.',
    }),
  }),
});

export const PhotoRef = builder.objectRef<MediumRow>('Photo');
PhotoRef.implement({
  description: 'A photo of a post: found by whoever finds the post.',
  interfaces: [Node, MediaRef],
  fields: (t) => ({
    image: t.field({
      type: ImageRef,
      description: 'The picture in its sizes; its `alt` is the photo’s description, else its title.',
      resolve: ({ image, description, title }) => {
        if (!image) throw new Error('A photo has a picture.');
        return { picture: image, alt: description ?? title };
      },
    }),
    author: t.field({
      type: UserRef,
      description: 'Who posted it.',
      resolve: async ({ authorId }, _args, ctx) => (await loadUser(ctx, authorId)) ?? gone(),
    }),
    createdAt: t.field({
      type: 'DateTime',
      description: 'When it was posted.',
      resolve: ({ createdAt }) => createdAt,
    }),
  }),
});

function gone(): never {
  throw noLongerThere();
}

/** A type of links: each has its URL. */
function linkType(kind: Exclude<MediumRow['kind'], 'PHOTO'>, description: string) {
  const ref = builder.objectRef<MediumRow>(typeNames[kind]);
  ref.implement({
    description,
    interfaces: [Node, MediaRef],
    fields: (t) => ({
      url: t.field({
        type: 'URL',
        description: 'Where it leads.',
        resolve: ({ url }) => {
          if (url === null) throw new Error('A link has a URL.');
          return url;
        },
      }),
    }),
  });
  return ref;
}

const LinkRef = linkType('LINK', 'A link of a post.');
const VideoRef = linkType('VIDEO', 'A link of a post to a video: by the ending of its path.');
const DocumentRef = linkType('DOCUMENT', 'A link of a post to a document: by the ending of its path.');
builder.objectField(DocumentRef, 'mimeType', (t) =>
  t.string({
    description: 'Its media type, by the ending of its path, such as application/pdf.',
    resolve: ({ mimeType }) => mimeType ?? 'application/octet-stream',
  }),
);

const refs = { PHOTO: PhotoRef, LINK: LinkRef, VIDEO: VideoRef, DOCUMENT: DocumentRef };
const load = (kind: MediumRow['kind']) => async (ctx: Context, id: string) => {
  const medium = await ctx.loaders.load(ctx, mediumLoader, id);
  return medium?.kind === kind ? medium : null;
};
for (const kind of Object.keys(refs) as MediumRow['kind'][]) {
  findableNode(typeNames[kind], refs[kind], load(kind));
}

/** An entry in a list of photos. */
interface PhotoListRow {
  parentId: string;
  photo: MediumRow;
}

export const PhotoConnection = connectionOf<PhotoListRow, MediumRow>(
  'Photo',
  { type: PhotoRef, of: (row) => row.photo },
  { of: 'a list of photos', counted: true },
);

/** Somebody's photos, newest first. */
export const photosList: List<PhotoListRow> = {
  ordering: 'photos',
  keys: postKeys,
  descending: true,
  rows: (ctx, parents, { window }) => photosPage(ctx.db, postReader(ctx), parents, window),
  keyOf: ({ photo }) => [photo.createdAt, photo.id],
  counts: (ctx, parents) => photosCount(ctx.db, postReader(ctx), parents),
};
