import { mutation } from '../../graphql/mutation.ts';
import { idOf } from '../../graphql/node.ts';
import { validate } from '../../graphql/validate.ts';
import { actOnPoll } from './act.ts';
import { pollIdInput, pollPayload } from './input.ts';
import { maxChoices, voteShape } from './rules.ts';
import { vote } from './write-store.ts';

mutation('votePoll', {
  description:
    'Votes in a poll, once and for good (ALREADY_EXISTS), while it is open (GONE). Its author is told only where the poll shows its voters.',
  scope: 'interactions',
  towardsOthers: true,
  input: (t) => ({
    ...pollIdInput(t),
    choiceIds: t.idList({
      required: true,
      description: `What to choose: the \`id\`s of 1–${maxChoices} of its choices, and of one only unless it is \`multipleChoice\` (TOO_MANY).`,
    }),
  }),
  payload: pollPayload,
  run: ({ pollId, choiceIds }, ctx, viewer) => {
    const choices = validate(voteShape, { choiceIds }).choiceIds.map((id) => idOf('PollChoice', id));
    return actOnPoll(ctx, viewer, pollId, (id, who) => vote(ctx.db, who, id, choices, ctx.now()));
  },
});
