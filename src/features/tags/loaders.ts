import { byKey, type LoaderSpec } from '../../graphql/loader.ts';
import { type TagRow, tagsById, tagsOfUsers } from './store.ts';

/** Tags by id. */
export const tagLoader = byKey(
  (ctx, ids) => tagsById(ctx.db, ids),
  (tag) => tag.id,
);

/** The tags of people, in their order, by the people's ids. */
export const userTagsLoader: LoaderSpec<string, TagRow[]> = {
  batch: async (ctx, ids) => {
    const groups = Map.groupBy(await tagsOfUsers(ctx.db, ids), (row) => row.userId);
    return ids.map((id) => (groups.get(id) ?? []).map(({ tag }) => tag));
  },
};
