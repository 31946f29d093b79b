import type { GraphQLResolveInfo } from 'graphql';
import { type Context, ownerId, viewerId } from '../../context.ts';
import { spend } from '../../graphql/budget.ts';
import { byKey, manyByKey } from '../../graphql/loader.ts';
import { type FlagRow, flagsById, flagsOfMembers, flagsOfUsers } from './store.ts';

/** Flags by id: null for those that the viewer cannot find. */
export const flagLoader = byKey(
  (ctx, ids) => flagsById(ctx.db, { viewer: viewerId(ctx), owner: ownerId(ctx) }, ids),
  (flag) => flag.id,
);

const shownBy = (fetch: typeof flagsOfUsers) =>
  manyByKey(
    (ctx, ids) => fetch(ctx.db, ids),
    (row) => row.shownBy,
    (row) => row.flag,
  );
const ofUsers = shownBy(flagsOfUsers);
const ofMembers = shownBy(flagsOfMembers);

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
