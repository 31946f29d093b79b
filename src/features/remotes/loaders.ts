import { byKey } from '../../graphql/loader.ts';
import { remotesOf } from './person-store.ts';

/** What of people is known of other systems, by their ids: null for who lives here. */
export const remoteLoader = byKey(
  (ctx, ids) => remotesOf(ctx.db, ids),
  (remote) => remote.userId,
);
