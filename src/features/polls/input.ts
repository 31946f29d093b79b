import type { InputFieldBuilder } from '@pothos/core';
import { builder, type SchemaTypes } from '../../graphql/builder.ts';
import type { Payload } from '../../graphql/mutation.ts';
import type { PollDone } from './act.ts';
import { maxChoices } from './rules.ts';
import { loadPoll, PollRef } from './type.ts';

const flag = (description: string) => ({ required: true, defaultValue: false, description }) as const;

/** A poll to go with a post: `pollShape` checks it. */
export const PollInput = builder.inputType('PollInput', {
  description: 'A question for the readers of a post.',
  fields: (t) => ({
    question: t.string({ required: true, description: 'What to ask, 1–255 characters.' }),
    choices: t.stringList({
      required: true,
      description: `The answers to choose from in their order, 2–${maxChoices} of 1–255 characters each.`,
    }),
    multipleChoice: t.boolean(flag('Whether one may choose several answers.')),
    isHidden: t.boolean(
      flag('Whether what others chose is kept from people until they have voted or it is closed.'),
    ),
    showsVoters: t.boolean(flag('Whether everybody who sees the results also sees who chose what.')),
    expiresAt: t.field({
      type: 'DateTime',
      description: 'When it ends by itself, in the future; null or omitted: it does not.',
    }),
  }),
});

/** Which poll a mutation is about. */
export function pollIdInput(t: InputFieldBuilder<SchemaTypes, 'InputObject'>) {
  return { pollId: t.id({ required: true, description: 'Which: the `id` of a poll.' }) };
}

/** The payload of mutations on a poll. */
export function pollPayload(t: PothosSchemaTypes.ObjectFieldBuilder<SchemaTypes, Payload<PollDone>>) {
  return {
    poll: t.field({
      type: PollRef,
      nullable: true,
      description:
        'The poll as it is now; null when it was not done, or the viewer does not see it any more.',
      resolve: ({ pollId }, _args, ctx) => (pollId === undefined ? null : loadPoll(ctx, pollId)),
    }),
  };
}
