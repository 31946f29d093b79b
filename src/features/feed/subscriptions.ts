import { requireViewer } from '../../auth/require-viewer.ts';
import type { Context } from '../../context.ts';
import { builder } from '../../graphql/builder.ts';
import { stream } from '../../graphql/stream.ts';
import type { PostRow } from '../posts/card.ts';
import { loadPost } from '../posts/loaders.ts';
import { PostRef } from '../posts/type.ts';
import { feedCardFor } from './card.ts';
import { feedReader } from './loaders.ts';
import { feedPage } from './store.ts';

/**
 * How long after the time it bears a post may come to be seen, in milliseconds: its transaction had to wait, or the clocks
 * of instances differ.
 */
const overlap = 30_000;
/** Most posts of that time that are told apart from those that come when a stream begins. */
const maxAtStart = 1_000;
const lowestId = '00000000-0000-0000-0000-000000000000';
const keysOnly = feedCardFor(new Set(), new Set());

/** The viewer's feed from now on, post by post. */
class NewPosts {
  readonly #ctx: Context;
  /** When the feed was last read to its end. */
  #last: number;
  /** The posts within the overlap that are not new, and their times. */
  readonly #known = new Map<string, number>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
    this.#last = ctx.now().getTime();
  }

  /** Takes what is there as known. */
  async begin(): Promise<void> {
    for (const { id, createdAt } of await this.#read(maxAtStart)) this.#known.set(id, createdAt.getTime());
  }

  /** The first post that has come since; null for none. */
  async next(): Promise<PostRow | null> {
    for (;;) {
      const now = this.#ctx.now().getTime();
      const rows = await this.#read(this.#known.size + 1);
      const added = rows.find(({ id }) => !this.#known.has(id));
      if (!added) {
        this.#forgetUntil(now);
        return null;
      }
      this.#known.set(added.id, added.createdAt.getTime());
      const post = await loadPost(this.#ctx, added.id);
      if (post) return post;
    }
  }

  #read(limit: number): Promise<PostRow[]> {
    const low = [new Date(this.#last - overlap).toISOString(), lowestId];
    const window = { limit, low, high: null, ascending: true };
    return feedPage(this.#ctx.db, feedReader(this.#ctx), keysOnly, window);
  }

  #forgetUntil(now: number): void {
    this.#last = Math.max(this.#last, now);
    for (const [id, at] of this.#known) if (at < this.#last - overlap) this.#known.delete(id);
  }
}

builder.subscriptionField('feedPostAdded', (t) =>
  t.field({
    type: PostRef,
    description:
      'Each post that comes into the viewer’s feed from now on. Without the scope `private:read` only posts that are public.',
    subscribe: async (_root, _args, ctx) => {
      const viewer = requireViewer(ctx, 'public:read');
      const posts = new NewPosts(ctx);
      await posts.begin();
      return stream(ctx, viewer, () => posts.next(), { readsFeed: true });
    },
    resolve: (post: PostRow) => post,
  }),
);
