import type { Context } from '../../context.ts';
import { type RelationshipRow, relationshipsOf } from './store.ts';

/** How the viewer stands to people, by their ids. Only asked with a viewer. */
export const relationshipLoader = {
  batch: (ctx: Context, ids: readonly string[]): Promise<RelationshipRow[]> =>
    ctx.viewer ? relationshipsOf(ctx.db, ctx.viewer.id, ids) : Promise.resolve([]),
};
