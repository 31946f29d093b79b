import type { Context } from '../../context.ts';
import { sourceUnavailable } from '../../graphql/errors.ts';
import { defaultPageSize, type Page, type PageArgs } from '../../graphql/page.ts';
import { SourceUnavailable } from '../../remotes/remotes.ts';
import type { AccountKey } from '../accounts/store.ts';
import type { UserRow } from '../users/card.ts';
import type { RemoteList } from './table.ts';

/**
 * Sees to it that somebody of a source that is configured is here as they are there, before they are looked up.
 * @throws SOURCE_UNAVAILABLE when the source does not answer, and nothing of them is here.
 */
export async function readThrough(ctx: Context, key: AccountKey): Promise<void> {
  try {
    await ctx.remotes.ensure(key);
  } catch (error) {
    if (!(error instanceof SourceUnavailable)) throw error;
    const { fault } = error;
    throw sourceUnavailable(fault.message, {
      provider: key.provider,
      instance: key.instance || null,
      reason: fault.fault,
      sourcePath: fault.path,
    });
  }
}

/** How many pages one request may make be read of sources: for the rest it gets what is here. */
const maxReads = 10;

/**
 * A page of a list of somebody's that the source they live at may have more of: what is missing is read first, a page of
 * the source's at a time.
 * @param read reads the page from what is here; anew each time.
 */
export function readThroughList<Row>(
  ctx: Context,
  user: UserRow,
  list: RemoteList,
  args: PageArgs,
  read: () => Page<Row>,
): Page<Row> {
  if (!user.isRemote) return read();
  const ensure = async (more: boolean) =>
    ++ctx.spent.sources <= maxReads && (await ctx.remotes.ensureList(user.id, list, more));
  return {
    load: async () => {
      let hasMore = await ensure(false);
      let data = await read().load();
      const size = args.first ?? defaultPageSize;
      const isForward = (args.last ?? null) === null;
      while (isForward && hasMore && data.edges.length < size) {
        hasMore = await ensure(true);
        ctx.loaders.clear();
        data = await read().load();
      }
      return isForward && hasMore ? { ...data, hasNextPage: true } : data;
    },
    totalCount: () => read().totalCount(),
  };
}
