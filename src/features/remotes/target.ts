import type { Context } from '../../context.ts';
import { sourceUnavailable } from '../../graphql/errors.ts';
import { SourceUnavailable } from '../../remotes/remotes.ts';
import type { AccountKey } from '../accounts/store.ts';

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
