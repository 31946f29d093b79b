import type { GraphQLResolveInfo } from 'graphql';
import { type Context, ownerId, viewerId } from '../../context.ts';
import { spend } from '../../graphql/budget.ts';
import { byKey, type LoaderSpec } from '../../graphql/loader.ts';
import { type FlagRow, flagsById, flagsOfMembers, flagsOfUsers, type ShownFlagRow } from './store.ts';

/** Flags by id: null for those that the viewer cannot find. */
export const flagLoader = byKey(
  (ctx, ids) => flagsById(ctx.db, { viewer: viewerId(ctx), owner: ownerId(ctx) }, ids),
  (flag) => flag.id,
);

const shownBy = (
  fetch: (ctx: Context, ids: readonly string[]) => Promise<ShownFlagRow[]>,
): LoaderSpec<string, FlagRow[]> => ({
  batch: async (ctx, ids) => {
    const groups = Map.groupBy(await fetch(ctx, ids), (row) => row.shownBy);
    return ids.map((id) => (groups.get(id) ?? []).map(({ flag }) => flag));
  },
});
const ofUsers = shownBy((ctx, ids) => flagsOfUsers(ctx.db, ids));
const ofMembers = shownBy((ctx, ids) => flagsOfMembers(ctx.db, ids));

/** The flags that a person or a member shows, in their order. */
export async function shownFlags(
  ctx: Context,
  info: GraphQLResolveInfo,
  profile: { id: string; ownerId?: string; restricted?: boolean },
): Promise<FlagRow[]> {
  if (profile.restricted) return [];
  const flags = await ctx.loaders.load(ctx, profile.ownerId === undefined ? ofUsers : ofMembers, profile.id);
  spend(ctx, info, flags.length);
  return flags;
}
