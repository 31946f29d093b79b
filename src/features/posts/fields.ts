import { builder } from '../../graphql/builder.ts';
import { emptyPage, page, pageArgs } from '../../graphql/page.ts';
import { postCategoriesLoader } from '../categories/loaders.ts';
import { CategoryRef } from '../categories/type.ts';
import { readThroughList } from '../remotes/target.ts';
import { standingIn } from '../rooms/loaders.ts';
import { RoomRef } from '../rooms/type.ts';
import { pageOfPerson, UserRef } from '../users/type.ts';
import { loadPost, postReader } from './loaders.ts';
import { PhotoConnection, PhotoRef, photosList } from './media-type.ts';
import { maxPostCategories } from './rules.ts';
import { PostConnection, PostRef, PostTypeEnum, postList } from './type.ts';

const postsOfAuthor = postList('author');
const photosOfPerson = pageOfPerson(photosList);
const postsOfRoom = postList('room');
const postsOfCategory = postList('category');

builder.objectFields(UserRef, (t) => ({
  posts: t.field({
    type: PostConnection,
    description: 'What they posted, reshares among it, as far as the viewer may see it, newest first.',
    args: {
      ...pageArgs(t.arg),
      types: t.arg({ type: [PostTypeEnum], description: 'Only those of these kinds; null: of all.' }),
    },
    resolve: (user, args, ctx, info) =>
      user.restricted
        ? emptyPage
        : readThroughList(ctx, user, 'posts', args, () =>
            page(ctx, info, postsOfAuthor, user.id, args, {
              types: args.types ? [...new Set(args.types)] : null,
            }),
          ),
  }),
  photos: t.field({
    type: PhotoConnection,
    description: 'The photos of those posts of theirs that the viewer may see, newest first.',
    args: pageArgs(t.arg),
    resolve: (user, args, ctx, info) =>
      readThroughList(ctx, user, 'posts', args, () => photosOfPerson(user, args, ctx, info)),
  }),
}));

builder.objectField(PostRef, 'categories', (t) =>
  t.field({
    type: [CategoryRef],
    description: `What it is sorted by, at most ${maxPostCategories}.`,
    extensions: { cost: { length: maxPostCategories } },
    resolve: (post, _args, ctx) => ctx.loaders.load(ctx, postCategoriesLoader, post.id),
  }),
);

builder.objectField(CategoryRef, 'posts', (t) =>
  t.field({
    type: PostConnection,
    description: 'What is sorted under it, as far as the viewer may see it, newest first.',
    args: pageArgs(t.arg),
    resolve: (category, args, ctx, info) =>
      page(ctx, info, postsOfCategory, category.id, args, { types: null }),
  }),
);

builder.objectField(PhotoRef, 'post', (t) =>
  t.field({
    type: PostRef,
    nullable: true,
    description: 'The post that it is in; null when that is out of sight by now.',
    resolve: ({ postId }, _args, ctx) => loadPost(ctx, postId),
  }),
);

builder.objectFields(RoomRef, (t) => ({
  posts: t.field({
    type: PostConnection,
    description: 'What is posted in it, to those who are in it, newest first.',
    args: pageArgs(t.arg),
    resolve: (room, args, ctx, info) => page(ctx, info, postsOfRoom, room.id, args, { types: null }),
  }),
  postsCount: t.int({
    description:
      'How many posts it has, to those who are in it and read what is not public (the same for all of them); 0 for everybody else.',
    resolve: async (room, _args, ctx) => {
      if (postReader(ctx).reader === null) return 0;
      return (await standingIn(ctx, room.id)).role === null ? 0 : room.posts;
    },
  }),
}));
