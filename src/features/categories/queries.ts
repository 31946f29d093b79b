import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { idOf } from '../../graphql/node.ts';
import { page, pageArgs, soleList } from '../../graphql/page.ts';
import { categorySlugLoader, loadCategory } from './loaders.ts';
import { isCategorySlug } from './rules.ts';
import { type CategoryRow, categoriesCount, categoriesPage, categoryKeys } from './store.ts';
import { CategoryConnection, CategoryRef } from './type.ts';

/** Lists at the root hang under nothing. */
const root = '';

const every = soleList<{ category: CategoryRow }>({
  ordering: 'categories',
  keys: categoryKeys,
  descending: false,
  rows: (ctx, _root, { window }) => categoriesPage(ctx.db, window),
  keyOf: ({ category }) => [category.slug],
  count: (ctx) => categoriesCount(ctx.db),
});

const CategoryByInput = builder.inputType('CategoryBy', {
  description: 'What tells one category from all others: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'Its `id`.' }),
    slug: t.string({ description: 'Its `slug`.' }),
  }),
});

builder.queryFields((t) => ({
  category: t.field({
    type: CategoryRef,
    nullable: true,
    description: 'One category; null when there is none like that.',
    args: { by: t.arg({ type: CategoryByInput, required: true, description: 'Which.' }) },
    resolve: (_root, { by }, ctx) => findCategory(ctx, by),
  }),
  categories: t.field({
    type: CategoryConnection,
    description: 'All categories, by slug.',
    args: pageArgs(t.arg),
    resolve: (_root, args, ctx, info) => page(ctx, info, every, root, args),
  }),
}));

function findCategory(ctx: Context, by: { id?: string; slug?: string }) {
  if (by.id !== undefined) {
    const id = idOf('Category', by.id);
    return id === null ? null : loadCategory(ctx, id);
  }
  return by.slug !== undefined && isCategorySlug(by.slug)
    ? ctx.loaders.load(ctx, categorySlugLoader, by.slug)
    : null;
}
