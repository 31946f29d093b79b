import { byKey, manyByKey } from '../../graphql/loader.ts';
import { tagsById, tagsOfUsers } from './store.ts';

/** Tags by id. */
export const tagLoader = byKey(
  (ctx, ids) => tagsById(ctx.db, ids),
  (tag) => tag.id,
);

/** The tags of people, in their order, by the people's ids. */
export const userTagsLoader = manyByKey(
  (ctx, ids) => tagsOfUsers(ctx.db, ids),
  (row) => row.userId,
  (row) => row.tag,
);
