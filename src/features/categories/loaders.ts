import type { Context } from '../../context.ts';
import { byKey, type LoaderSpec, manyByKey } from '../../graphql/loader.ts';
import {
  type CategoryRow,
  categoriesById,
  categoriesBySlug,
  categoriesOfPosts,
  followedAmong,
} from './store.ts';

const categoryLoader = byKey(
  (ctx, ids) => categoriesById(ctx.db, ids),
  (category) => category.id,
);

/** Categories by slug. */
export const categorySlugLoader = byKey(
  (ctx, slugs) => categoriesBySlug(ctx.db, slugs),
  (category) => category.slug,
);

/** The categories of posts, in their order, by the posts' ids. */
export const postCategoriesLoader = manyByKey(
  (ctx, ids) => categoriesOfPosts(ctx.db, ids),
  (row) => row.postId,
  (row) => row.category,
);

const followedLoader: LoaderSpec<string, boolean> = {
  batch: async (ctx, ids) => {
    const rows = ctx.viewer ? await followedAmong(ctx.db, ctx.viewer.id, ids) : [];
    const followed = new Set(rows.map(({ id }) => id));
    return ids.map((id) => followed.has(id));
  },
};

/** The category with this id, or null. */
export function loadCategory(ctx: Context, id: string): Promise<CategoryRow | null> {
  return ctx.loaders.load(ctx, categoryLoader, id);
}

/** Whether the viewer follows a category. */
export function viewerFollows(ctx: Context, id: string): Promise<boolean> {
  return ctx.loaders.load(ctx, followedLoader, id);
}
