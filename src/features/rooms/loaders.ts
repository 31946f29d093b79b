import type { Context } from '../../context.ts';
import { byKey, type LoaderSpec } from '../../graphql/loader.ts';
import type { RoomRow } from './card.ts';
import { membersAmong, roomsById, roomsBySlug, type StandingRow, standingsIn } from './store.ts';

/** Whose private rooms may be seen: the viewer's, with the scope for it; else nobody's. */
export function roomReader(ctx: Context): string | null {
  return ctx.viewer?.scopes.has('rooms') ? ctx.viewer.id : null;
}

/** Rooms by id: null for those the viewer may not see. */
export const roomLoader = byKey(
  (ctx, ids) => roomsById(ctx.db, roomReader(ctx), ids),
  (room) => room.id,
);

/** Rooms by slug. */
export const roomSlugLoader = byKey(
  (ctx, slugs) => roomsBySlug(ctx.db, roomReader(ctx), slugs),
  (room) => room.slug,
);

const standingLoader = byKey(
  async (ctx, ids) => {
    const reader = roomReader(ctx);
    return reader === null ? [] : standingsIn(ctx.db, reader, ids);
  },
  (standing) => standing.roomId,
);

/** What the viewer is to a room. */
export async function standingIn(ctx: Context, id: string): Promise<Omit<StandingRow, 'roomId'>> {
  return (await ctx.loaders.load(ctx, standingLoader, id)) ?? { role: null, invited: false };
}

/** The room with this id, or null. */
export function loadRoom(ctx: Context, id: string): Promise<RoomRow | null> {
  return ctx.loaders.load(ctx, roomLoader, id);
}

/** Whether somebody is in a room, which the viewer is known to see. */
export function isInRoom(ctx: Context, roomId: string, userId: string): Promise<boolean> {
  const among: LoaderSpec<string, boolean> = {
    batch: async (context, ids) => {
      const found = new Set((await membersAmong(context.db, roomId, ids)).map(({ id }) => id));
      return ids.map((id) => found.has(id));
    },
  };
  return ctx.loaders.load(ctx, among, userId, `in room ${roomId}`);
}
