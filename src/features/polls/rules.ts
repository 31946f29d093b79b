import { z } from 'zod';
import { issue, line, list, rule } from '../../graphql/validate.ts';

/** Most choices that a poll has. */
export const maxChoices = 20;

/** What a poll is made of: domain rule 2. @param now it may only end after that. */
export function pollShape(now: Date) {
  return z.object({
    question: line(255),
    choices: list(line(255), maxChoices).superRefine((choices, { addIssue }) => {
      if (choices.length < 2) addIssue(issue('TOO_SHORT', 'There have to be at least two choices.'));
    }),
    multipleChoice: z.boolean(),
    isHidden: z.boolean(),
    showsVoters: z.boolean(),
    expiresAt: rule(z.date(), (at) => at > now, 'A poll ends in the future.').nullish(),
  });
}

/** A poll as somebody makes it. */
export type NewPoll = z.output<ReturnType<typeof pollShape>>;

/** What `votePoll` takes. */
export const voteShape = z.object({
  choiceIds: list(z.string(), maxChoices).superRefine((ids, { addIssue }) => {
    if (ids.length === 0) addIssue(issue('TOO_SHORT', 'Choose at least one.'));
  }),
});

/** Whether nobody can vote any more at this time. */
export function isClosed(poll: { closedAt: Date | null; expiresAt: Date | null }, at: Date): boolean {
  return poll.closedAt !== null || (poll.expiresAt !== null && poll.expiresAt <= at);
}
