import type { Context } from '../../context.ts';
import { byKey, manyByKey } from '../../graphql/loader.ts';
import { choicesById, choicesOfPolls, pollsById, pollsOfPosts, votesOf } from './store.ts';

/** Polls by id. Whoever asks looks whether the viewer may see the post: `loadPoll` in type.ts does. */
export const pollLoader = byKey(
  (ctx, ids) => pollsById(ctx.db, ids),
  (poll) => poll.id,
);

/** Polls by the id of their post, which the viewer is known to see. */
export const pollOfPostLoader = byKey(
  (ctx, ids) => pollsOfPosts(ctx.db, ids),
  (poll) => poll.postId,
);

/** Choices by id; the same holds as for polls by id. */
export const choiceLoader = byKey(
  (ctx, ids) => choicesById(ctx.db, ids),
  (choice) => choice.id,
);

/** The choices of polls, in their order. */
export const choicesLoader = manyByKey(
  (ctx, ids) => choicesOfPolls(ctx.db, ids),
  (choice) => choice.pollId,
  (choice) => choice,
);

const votesLoader = manyByKey(
  async (ctx, ids) => (ctx.viewer ? votesOf(ctx.db, ctx.viewer.id, ids) : []),
  (vote) => vote.pollId,
  (vote) => vote.choiceId,
);

/** The ids of the choices that the viewer has made in a poll: none before they vote, and without a token. */
export function viewersVotes(ctx: Context, pollId: string): Promise<string[]> {
  return ctx.loaders.load(ctx, votesLoader, pollId);
}
