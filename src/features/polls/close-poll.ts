import { requireScope } from '../../auth/require-viewer.ts';
import { mutation } from '../../graphql/mutation.ts';
import { modifyScope } from '../posts/rules.ts';
import { actOnPoll } from './act.ts';
import { pollIdInput, pollPayload } from './input.ts';
import { loadPoll } from './type.ts';
import { closePoll } from './write-store.ts';

mutation('closePoll', {
  description:
    'Closes a poll for its author (FORBIDDEN): nobody can vote any more, and everybody who sees it sees the results. That it is closed already is no error.',
  scope: 'by visibility',
  towardsOthers: true,
  input: pollIdInput,
  payload: pollPayload,
  run: ({ pollId }, ctx, viewer) =>
    actOnPoll(ctx, viewer, pollId, async (id, who) => {
      // What the viewer does not see, the store does not find either.
      const poll = await loadPoll(ctx, id);
      if (poll) requireScope(viewer, modifyScope(poll.visibility));
      await closePoll(ctx.db, who, id, ctx.now());
      // Nobody is told of it.
      return [];
    }),
});
