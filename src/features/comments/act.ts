import { requireScope } from '../../auth/require-viewer.ts';
import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import { accountGone, refuse } from '../../graphql/errors.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { actorOf } from '../posts/act.ts';
import { loadPost } from '../posts/loaders.ts';
import { type Actor, PostDenied } from '../posts/lock-store.ts';
import { parseText, renderer } from '../posts/markdown.ts';
import { modifyScope } from '../posts/rules.ts';
import { loadComment } from './loaders.ts';
import { CommentDenied, type CommentText } from './write-store.ts';

/** What a client is told of a comment that could not be changed; other errors are what they are. */
function commentRefusal(error: unknown): unknown {
  if (error instanceof PostDenied) {
    return error.reason === 'gone' ? accountGone() : notFound('Comment', 'commentId');
  }
  if (error instanceof CommentDenied) {
    return error.reason === 'no comment'
      ? notFound('Comment', 'commentId')
      : refuse('FORBIDDEN', 'This comment is not yours to change.', 'commentId');
  }
  return error;
}

/** What a comment is to say, read once. */
export function commentText(body: string): CommentText {
  const parsed = parseText(body);
  return { body, names: parsed.names, render: renderer(parsed) };
}

/**
 * Changes a comment that the viewer finds, with the scope that its post's visibility asks for, and tells open streams.
 * @param act answers whose notifications may have changed.
 * @throws Refusal NOT_FOUND or FORBIDDEN; FORBIDDEN without the scope.
 */
export async function actOnComment(
  ctx: Context,
  viewer: Viewer,
  commentId: string,
  act: (id: string, who: Actor) => Promise<readonly string[]>,
): Promise<{ commentId: string }> {
  const id = requireId('Comment', commentId, 'commentId');
  const comment = await loadComment(ctx, id);
  const post = comment && (await loadPost(ctx, comment.postId));
  if (!post) throw notFound('Comment', 'commentId');
  requireScope(viewer, modifyScope(post.visibility));
  try {
    const told = await act(id, actorOf(ctx, viewer));
    ctx.live.wakeTold(viewer.id, told);
    return { commentId: id };
  } catch (error) {
    throw commentRefusal(error);
  }
}
