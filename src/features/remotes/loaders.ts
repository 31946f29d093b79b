import { byKey } from '../../graphql/loader.ts';
import { linksOf } from './link-store.ts';
import { postOrigins } from './origin-store.ts';
import { remotesOf } from './person-store.ts';

/** What of people is known of other systems, by their ids: null for who lives here. */
export const remoteLoader = byKey(
  (ctx, ids) => remotesOf(ctx.db, ids),
  (remote) => remote.userId,
);

/** Where posts come from, by their ids: null for what was written here. */
export const postOriginLoader = byKey(
  (ctx, ids) => postOrigins(ctx.db, ids),
  (origin) => origin.id,
);

/** When accounts were linked, by their ids: null for those that were not. */
export const linkLoader = byKey(
  (ctx, ids) => linksOf(ctx.db, ids),
  (link) => link.accountId,
);
