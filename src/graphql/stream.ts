// Streams of events. A stream sleeps until it is knocked for its viewer, then reads what is new: see live/live.ts.
import type { Viewer } from '../auth/viewer.ts';
import type { Context } from '../context.ts';
import { Sleeper } from '../live/live.ts';

/** How often a stream looks by itself whether its viewer may still have it, in milliseconds. */
const lookInterval = 60_000;

/**
 * A stream of what comes to the viewer: until their token ends, their account is closed (which is found within a
 * minute), the client leaves, or this server does. An event is read when its turn comes, so that none waits for a slow
 * reader, or is out of date.
 * @param read the next event since it was last called; null for none. It is called with fresh loaders, and more often
 * than there is news.
 * @param options whether new posts in the viewer's feed are news to it.
 */
export function stream<Event>(
  ctx: Context,
  viewer: Viewer,
  read: () => Promise<Event | null>,
  { readsFeed = false }: { readsFeed?: boolean } = {},
): AsyncIterableIterator<Event> {
  const sleeper = new Sleeper(readsFeed);
  let leave: (() => void) | null = null;
  const close = () => {
    sleeper.end();
    leave?.();
    return { done: true, value: undefined } as const;
  };
  return {
    next: async () => {
      // Not before somebody reads: an answer that turns out to be no stream of events would never be closed.
      leave ??= open(ctx, viewer, sleeper);
      try {
        while (await sleeper.awake()) {
          ctx.loaders.clear();
          ctx.spent.values = 0;
          if (!(await ctx.viewerRemains())) break;
          const event = await read();
          if (event === null) continue;
          // There may be more.
          sleeper.knock();
          return { done: false, value: event };
        }
        return close();
      } catch (error) {
        close();
        throw error;
      }
    },
    return: async () => close(),
    throw: async (error) => {
      close();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}

/** Lets knocks for the viewer come, until the client leaves or the token ends. @returns what leaves before. */
function open({ live, signal }: Context, viewer: Viewer, sleeper: Sleeper): () => void {
  const close = live.open(viewer.id, sleeper);
  const leave = () => {
    // A client that has left asks for no more: it is forgotten here and now.
    sleeper.end();
    clearTimeout(timer);
    signal?.removeEventListener('abort', leave);
    close();
  };
  let timer: NodeJS.Timeout | undefined;
  const look = () => {
    const left = viewer.expiresAt.getTime() - Date.now();
    if (left <= 0) return leave();
    timer = setTimeout(look, Math.min(left, lookInterval));
    sleeper.knock();
  };
  look();
  signal?.addEventListener('abort', leave, { once: true });
  if (signal?.aborted) leave();
  return leave;
}
