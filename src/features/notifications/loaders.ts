import { viewerId } from '../../context.ts';
import { byKey, type LoaderSpec } from '../../graphql/loader.ts';
import { notificationsById, type Unseen, unseenCounts } from './store.ts';

/** The viewer's notifications by id: null for those of others, and without the scope for them. */
export const notificationLoader = byKey(
  async (ctx, ids) => {
    const viewer = ctx.viewer?.scopes.has('notifications') ? viewerId(ctx) : null;
    return viewer === null ? [] : notificationsById(ctx.db, viewer, ids);
  },
  (notification) => notification.id,
);

/** How much somebody has not seen yet, by the viewer's id. */
export const unseenLoader: LoaderSpec<string, Unseen> = {
  batch: (ctx, ids) => Promise.all(ids.map((id) => unseenCounts(ctx.db, id))),
};
