import type { Context } from '../../context.ts';
import type { LoaderSpec } from '../../graphql/loader.ts';
import { type ConnectionView, connectionsById, connectionsWith } from './store.ts';

const viewsBy = (
  fetch: (ctx: Context, viewer: string, ids: readonly string[]) => Promise<ConnectionView[]>,
  keyOf: (view: ConnectionView, viewer: string) => string,
): LoaderSpec<string, ConnectionView | null> => ({
  batch: async (ctx, ids) => {
    const viewer = ctx.viewer?.id;
    if (viewer === undefined) return ids.map(() => null);
    const views = await fetch(ctx, viewer, ids);
    const found = new Map(views.map((view) => [keyOf(view, viewer), view]));
    return ids.map((id) => found.get(id) ?? null);
  },
});

/** Connections by id, as the viewer knows them: null for those of others. */
export const connectionLoader = viewsBy(
  (ctx, viewer, ids) => connectionsById(ctx.db, viewer, ids),
  (view) => view.id,
);

/** The viewer's connections with people, by the people's ids. */
export const connectionWithLoader = viewsBy(
  (ctx, viewer, ids) => connectionsWith(ctx.db, viewer, ids),
  (view, viewer) => peerOf(view, viewer),
);

/** The one of the two who is not the viewer. */
export function peerOf({ requesterId, addresseeId }: ConnectionView, viewer: string): string {
  return requesterId === viewer ? addresseeId : requesterId;
}
