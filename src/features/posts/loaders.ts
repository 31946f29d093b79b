import { type Context, viewerId } from '../../context.ts';
import { byKey, manyByKey } from '../../graphql/loader.ts';
import type { PostRow } from './card.ts';
import { aspectsOfPosts, mentionsOfPosts, tagsOfPosts } from './label-store.ts';
import { mediaOfPosts, visibleMedia } from './media-store.ts';
import { type PostReader, postsById } from './store.ts';

/** Who reads posts: those that are not public only with the scope for it. */
export function postReader(ctx: Context): PostReader {
  const viewer = viewerId(ctx);
  return { viewer, reader: ctx.viewer?.scopes.has('private:read') ? viewer : null };
}

/** Posts by id: null for those the viewer may not see. */
export const postLoader = byKey(
  (ctx, ids) => postsById(ctx.db, postReader(ctx), ids),
  (post) => post.id,
);

/** The post with this id, or null: the one way to a post from an id. */
export function loadPost(ctx: Context, id: string): Promise<PostRow | null> {
  return ctx.loaders.load(ctx, postLoader, id);
}

/** The tags of posts, in their order, by the posts' ids. */
export const postTagsLoader = manyByKey(
  (ctx, ids) => tagsOfPosts(ctx.db, ids),
  (row) => row.postId,
  (row) => row.tag,
);

/** Whom posts mention, of those the viewer can find. */
export const postMentionsLoader = manyByKey(
  (ctx, ids) => mentionsOfPosts(ctx.db, viewerId(ctx), ids),
  (row) => row.postId,
  (row) => row.user,
);

/** The aspects that posts of the viewer's are for: with the scope for them alone. */
export const postAspectsLoader = manyByKey(
  async (ctx, ids) =>
    ctx.viewer?.scopes.has('contacts:read') ? aspectsOfPosts(ctx.db, ctx.viewer.id, ids) : [],
  (row) => row.postId,
  (row) => row.aspect,
);

/** Photos and links of posts, in their order. */
export const postMediaLoader = manyByKey(
  (ctx, ids) => mediaOfPosts(ctx.db, ids),
  (row) => row.postId,
  (row) => row,
);

/** Photos and links by their own ids: null for those whose posts the viewer may not see. */
export const mediumLoader = byKey(
  (ctx, ids) => visibleMedia(ctx.db, postReader(ctx), ids),
  (medium) => medium.id,
);
