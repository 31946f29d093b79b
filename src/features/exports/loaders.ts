import { type Context, viewerId } from '../../context.ts';
import { byKey } from '../../graphql/loader.ts';
import { exportsById } from './store.ts';

/** The viewer's archives by id: null for everybody else's. */
export const exportLoader = byKey(
  async (ctx: Context, ids) => {
    const owner = viewerId(ctx);
    return owner === null ? [] : exportsById(ctx.db, owner, ids);
  },
  (row) => row.id,
);
