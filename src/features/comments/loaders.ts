import type { Context } from '../../context.ts';
import { byKey } from '../../graphql/loader.ts';
import { postReader } from '../posts/loaders.ts';
import type { CommentRow } from './card.ts';
import { commentsById } from './store.ts';

const commentLoader = byKey(
  (ctx, ids) => commentsById(ctx.db, postReader(ctx), ids),
  (comment) => comment.id,
);

/** The comment with this id; null where there is none, or the viewer cannot find it, who wrote it, or its post. */
export function loadComment(ctx: Context, id: string): Promise<CommentRow | null> {
  return ctx.loaders.load(ctx, commentLoader, id);
}
