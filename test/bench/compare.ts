import { isDeepStrictEqual } from 'node:util';
import type { Contestant } from './contestants.ts';
import { compareWith, type Other } from './peers.ts';
import type { Question } from './questions.ts';
import { answerTo } from './sent.ts';

/**
 * Asks everybody the first requests.
 * @throws when an answer is not the same as Kith's.
 */
export async function compareReads(
  question: Question,
  kith: Contestant,
  hand: Contestant,
  others: readonly (Other & Contestant)[],
): Promise<void> {
  const answers: unknown[] = [];
  const theirs = hand.reads(question);
  for (const [i, request] of kith.reads(question).slice(0, 20).entries()) {
    const other = theirs[i];
    const [one, two] = await Promise.all([answerTo(kith.url, request), other && answerTo(hand.url, other)]);
    if (!isDeepStrictEqual(one, two)) {
      throw new Error(`${question.name}: the answers differ: ${JSON.stringify(one)} ${JSON.stringify(two)}`);
    }
    answers.push(one);
  }
  for (const other of others)
    await compareWith(other.peer, question, other.url, other.reads(question), answers);
}
