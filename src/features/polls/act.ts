import type { Viewer } from '../../auth/viewer.ts';
import type { Context } from '../../context.ts';
import { Refusal, refuse } from '../../graphql/errors.ts';
import { notFound, requireId } from '../../graphql/node.ts';
import { actorOf, postRefusal } from '../posts/act.ts';
import { type Actor, PostDenied } from '../posts/lock-store.ts';
import { PollDenied, type Reason } from './write-store.ts';

function refusalFor(reason: Reason, path: readonly string[]): Refusal {
  switch (reason) {
    case 'no poll':
      return notFound('Poll', ...path);
    case 'closed':
      return refuse('GONE', 'This poll is closed.', ...path);
    case 'voted':
      return refuse('ALREADY_EXISTS', 'You have voted in this poll; a vote stays as it is.', ...path);
    case 'too many':
      return refuse('TOO_MANY', 'Only one choice in this poll.', ...path);
    case 'no choice':
      return refuse('NOT_FOUND', 'This poll has no choice with this id.', ...path);
    case 'not the author':
      return refuse('FORBIDDEN', 'Only the author of a poll closes it.', ...path);
  }
}

/** What a client is told of a write that failed; other errors are what they are. */
function pollRefusal(error: unknown): unknown {
  if (error instanceof PollDenied) {
    return new Refusal(error.denials.flatMap(({ reason, path }) => refusalFor(reason, path).errors));
  }
  if (error instanceof PostDenied && error.reason === 'no post') return notFound('Poll', 'pollId');
  return postRefusal(error, 'pollId');
}

/** What mutations on a poll answer. */
export interface PollDone {
  pollId: string;
}

/**
 * Does something with a poll, and tells open streams of it.
 * @param act takes the poll's UUID; answers whose notifications may have changed.
 * @throws Refusal for what the store denies.
 */
export async function actOnPoll(
  ctx: Context,
  viewer: Viewer,
  pollId: string,
  act: (id: string, who: Actor) => Promise<readonly string[]>,
): Promise<PollDone> {
  const id = requireId('Poll', pollId, 'pollId');
  try {
    const told = await act(id, actorOf(ctx, viewer));
    if (told.length > 0) ctx.live.wake(told);
    return { pollId: id };
  } catch (error) {
    throw pollRefusal(error);
  }
}
