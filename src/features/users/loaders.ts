import { type Context, ownerId, viewerId } from '../../context.ts';
import { byKey } from '../../graphql/loader.ts';
import { usernameKey } from './rules.ts';
import {
  customPreferencesOf,
  detailsOf,
  privateOf,
  statsOf,
  usersById,
  usersBySid,
  usersByUsernameKey,
} from './store.ts';

/** People by id: null for whom the viewer cannot find. */
export const userLoader = byKey(
  (ctx, ids) => usersById(ctx.db, viewerId(ctx), ids),
  (user) => user.id,
);

/** People by username in lower case. */
export const usernameLoader = byKey(
  (ctx, keys) => usersByUsernameKey(ctx.db, viewerId(ctx), keys),
  (user) => usernameKey(user.username),
);

/** People by sid. */
export const sidLoader = byKey(
  (ctx, sids) => usersBySid(ctx.db, viewerId(ctx), sids),
  (user) => user.sid,
);

/** Profile details by id: null where the owner does not show them to the viewer. */
export const detailsLoader = byKey(
  (ctx, ids) => detailsOf(ctx.db, { viewer: viewerId(ctx), owner: ownerId(ctx) }, ids),
  (row) => row.id,
);

/** Public counters by id. */
export const statsLoader = byKey(
  (ctx, ids) => statsOf(ctx.db, ids),
  (row) => row.userId,
);

/** The preferences of people's own making, by their ids. */
export const customPreferencesLoader = byKey(
  (ctx, ids) => customPreferencesOf(ctx.db, ids),
  (row) => row.id,
);

/** The viewer's own account, by their id. */
export const privateLoader = {
  batch: (ctx: Context, ids: readonly string[]) => Promise.all(ids.map((id) => privateOf(ctx.db, id))),
};

/** The person with this id, or null: the one way to a person from an id. */
export function loadUser(ctx: Context, id: string) {
  return ctx.loaders.load(ctx, userLoader, id);
}
