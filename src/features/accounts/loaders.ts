import { viewerId } from '../../context.ts';
import { byKey, type LoaderSpec } from '../../graphql/loader.ts';
import type { UserRow } from '../users/card.ts';
import { type AccountKey, type AccountRow, accountsById, accountsOfUsers, usersByAccount } from './store.ts';

/** Accounts by id: null for those that the viewer may not see. */
export const accountLoader = byKey(
  (ctx, ids) => accountsById(ctx.db, viewerId(ctx), ids),
  (account) => account.id,
);

/** All accounts of people, by the people's ids. Whoever shows them leaves hidden ones out. */
export const userAccountsLoader: LoaderSpec<string, AccountRow[]> = {
  batch: async (ctx, ids) => {
    const groups = Map.groupBy(await accountsOfUsers(ctx.db, ids), (row) => row.userId);
    return ids.map((id) => groups.get(id) ?? []);
  },
};

/** People by an account of theirs, written as JSON. */
export const accountKeyLoader: LoaderSpec<string, UserRow | null> = {
  batch: (ctx, keys) =>
    usersByAccount(
      ctx.db,
      viewerId(ctx),
      keys.map((key): AccountKey => JSON.parse(key)),
    ),
};
