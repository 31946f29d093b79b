import type { Context } from '../../context.ts';
import { byKey, type LoaderSpec, manyByKey } from '../../graphql/loader.ts';
import { type AspectRow, aspectsById, aspectsOf, aspectsOfUsers } from './store.ts';

/** Whose aspects may be read: the viewer's, with the scope for it; else nobody's. */
export function aspectOwner(ctx: Context): string | null {
  return ctx.viewer?.scopes.has('contacts:read') ? ctx.viewer.id : null;
}

/** The viewer's aspects by id: null for those of others. */
export const aspectLoader = byKey(
  async (ctx, ids) => {
    const owner = aspectOwner(ctx);
    return owner === null ? [] : aspectsById(ctx.db, owner, ids);
  },
  (aspect) => aspect.id,
);

/** The viewer's aspects, by the viewer's id. */
export const ownAspectsLoader: LoaderSpec<string, AspectRow[]> = {
  batch: (ctx, ids) => Promise.all(ids.map((id) => aspectsOf(ctx.db, id))),
};

/** Those of the viewer's aspects that people are in, by the people's ids. */
export const aspectsWithLoader = manyByKey(
  async (ctx, ids) => {
    const owner = aspectOwner(ctx);
    return owner === null ? [] : aspectsOfUsers(ctx.db, owner, ids);
  },
  (row) => row.userId,
  (row) => row.aspect,
);
