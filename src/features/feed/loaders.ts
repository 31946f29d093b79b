import type { Context } from '../../context.ts';
import type { LoaderSpec } from '../../graphql/loader.ts';
import { postReader } from '../posts/loaders.ts';
import { type FeedReader, unseenPosts } from './store.ts';

/** Who reads their feed. */
export function feedReader(ctx: Context): FeedReader {
  return { ...postReader(ctx), ties: ctx.viewer?.ties ?? 0 };
}

/** How many posts of their feed somebody has not seen yet, by the viewer's id. */
export const unseenPostsLoader: LoaderSpec<string, number> = {
  batch: (ctx, ids) => Promise.all(ids.map((viewer) => unseenPosts(ctx.db, { ...feedReader(ctx), viewer }))),
};
