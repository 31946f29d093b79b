import type { Database } from '../../db/client.ts';
import { newId } from '../../db/uuid.ts';
import { pollChoices, polls } from './table.ts';

/** A poll that comes from elsewhere, with how many had voted there. */
export interface PollToLoad
  extends Pick<
    typeof polls.$inferInsert,
    'id' | 'postId' | 'question' | 'multipleChoice' | 'isHidden' | 'expiresAt' | 'closedAt' | 'createdAt'
  > {
  /** How many people had voted. */
  voters: number;
  /** The answers in their order, with how many had chosen each. */
  choices: readonly { text: string; votes: number }[];
}

/** Puts polls into posts that are being made: of those who had voted there are only the counts. Run it in their transaction. */
export async function insertPolls(tx: Database, all: readonly PollToLoad[]): Promise<void> {
  if (all.length === 0) return;
  await tx.insert(polls).values(
    all.map(({ voters, choices: _, ...poll }) => ({
      ...poll,
      updatedAt: poll.createdAt,
      importedVoters: voters,
      showsVoters: false,
    })),
  );
  await tx.insert(pollChoices).values(
    all.flatMap(({ id: pollId, createdAt, choices }) =>
      choices.map(({ text, votes }, position) => ({
        ...{ id: newId(createdAt), pollId, position, text, importedVotes: votes },
      })),
    ),
  );
}
