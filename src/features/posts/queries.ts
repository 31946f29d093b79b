import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { idOf } from '../../graphql/node.ts';
import { usernameLoader } from '../users/loaders.ts';
import { hasUsernameCharacters, usernameKey } from '../users/rules.ts';
import { loadPost, postReader } from './loaders.ts';
import { isPostSlug } from './rules.ts';
import { postBySlug } from './store.ts';
import { PostRef } from './type.ts';

const PostSlugInput = builder.inputType('PostSlug', {
  description: 'A post by its address.',
  fields: (t) => ({
    username: t.string({ required: true, description: 'Its author’s username, in whatever case.' }),
    slug: t.string({ required: true, description: 'Its `slug`.' }),
  }),
});

const PostByInput = builder.inputType('PostBy', {
  description: 'What tells one post from all others: exactly one of these.',
  isOneOf: true,
  fields: (t) => ({
    id: t.id({ description: 'Its `id`.' }),
    slug: t.field({ type: PostSlugInput, description: 'Its author and its `slug`.' }),
  }),
});

builder.queryField('post', (t) =>
  t.field({
    type: PostRef,
    nullable: true,
    description: 'One post; null when there is none like that, or the viewer may not see it.',
    args: { by: t.arg({ type: PostByInput, required: true, description: 'Which.' }) },
    resolve: (_root, { by }, ctx) => findPost(ctx, by),
  }),
);

async function findPost(ctx: Context, by: { id?: string; slug?: { username: string; slug: string } }) {
  if (by.id !== undefined) {
    const id = idOf('Post', by.id);
    return id === null ? null : loadPost(ctx, id);
  }
  if (!by.slug || !isPostSlug(by.slug.slug)) return null;
  if (by.slug.username === '' || !hasUsernameCharacters(by.slug.username)) return null;
  const author = await ctx.loaders.load(ctx, usernameLoader, usernameKey(by.slug.username));
  return author && postBySlug(ctx.db, postReader(ctx), author.id, by.slug.slug);
}
