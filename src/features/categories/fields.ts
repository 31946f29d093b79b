import { builder } from '../../graphql/builder.ts';
import { type List, pageArgs } from '../../graphql/page.ts';
import { statsLoader } from '../users/loaders.ts';
import { pageOfPerson, UserRef } from '../users/type.ts';
import { categoriesFollowed, type FollowedCategory, followedKeys } from './store.ts';
import { CategoryConnection } from './type.ts';

const followed: List<FollowedCategory> = {
  ordering: 'followed categories',
  keys: followedKeys,
  descending: true,
  rows: (ctx, parents, { window }) => categoriesFollowed(ctx.db, parents, window),
  keyOf: ({ at, category }) => [at, category.id],
  counts: (ctx, parents) =>
    Promise.all(
      parents.map(async (parentId) => {
        const stats = await ctx.loaders.load(ctx, statsLoader, parentId);
        return { parentId, count: stats?.categories ?? 0 };
      }),
    ),
};

builder.objectField(UserRef, 'categories', (t) =>
  t.field({
    type: CategoryConnection,
    description: 'The categories that they follow, last followed first.',
    args: pageArgs(t.arg),
    resolve: pageOfPerson(followed),
  }),
);
