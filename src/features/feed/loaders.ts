import type { LoaderSpec } from '../../graphql/loader.ts';
import { postReader } from '../posts/loaders.ts';
import { unseenPosts } from './store.ts';

/** How many posts of their feed somebody has not seen yet, by the viewer's id. */
export const unseenPostsLoader: LoaderSpec<string, number> = {
  batch: (ctx, ids) => Promise.all(ids.map((viewer) => unseenPosts(ctx.db, { ...postReader(ctx), viewer }))),
};
