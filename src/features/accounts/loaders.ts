import { type Context, viewerId } from '../../context.ts';
import { byKey, type LoaderSpec, manyByKey } from '../../graphql/loader.ts';
import type { UserRow } from '../users/card.ts';
import {
  type AccountKey,
  type AccountReader,
  type AccountRow,
  accountsById,
  allAccountsOf,
  shownAccountsOf,
  usersByAccount,
} from './store.ts';

/** The viewer, and whether they may see all of their own accounts: domain rule 5. */
function readerOf(ctx: Context): AccountReader {
  const viewer = viewerId(ctx);
  return { viewer, owner: ctx.viewer?.scopes.has('profile:read_private') ? viewer : null };
}

/** Accounts by id: null for those that the viewer may not see. */
export const accountLoader = byKey(
  (ctx, ids) => accountsById(ctx.db, readerOf(ctx), ids),
  (account) => account.id,
);

/** The accounts that people show, by the people's ids. */
export const shownAccountsLoader = manyByKey(
  (ctx, ids) => shownAccountsOf(ctx.db, ids),
  (account) => account.userId,
  (account) => account,
);

/** All accounts of a person, by their id: for themself. */
export const allAccountsLoader: LoaderSpec<string, AccountRow[]> = {
  batch: (ctx, ids) => Promise.all(ids.map((id) => allAccountsOf(ctx.db, id))),
};

/** People by an account of theirs, written as JSON. */
export const accountKeyLoader: LoaderSpec<string, UserRow | null> = {
  batch: (ctx, keys) =>
    usersByAccount(
      ctx.db,
      readerOf(ctx),
      keys.map((key): AccountKey => JSON.parse(key)),
    ),
};
