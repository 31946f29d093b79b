import type { Database } from '../../db/client.ts';
import type { RemotePictures } from '../../remotes/pictures.ts';
import type { SourceName } from '../../remotes/sources.ts';
import { SourceError } from '../../sources/errors.ts';
import type { SourcePage, SourcePerson } from '../../sources/records.ts';
import type { After, Ask, Source } from '../../sources/source.ts';
import type { Progress } from '../progress.ts';
import type { Report } from '../report.ts';

/** What all parts of moving in from a source know. */
export interface Moving {
  db: Database;
  source: Source;
  from: SourceName;
  ask: Ask;
  /** The token's own person, where there is a token of somebody's. */
  self: SourcePerson | null;
  pictures: RemotePictures;
  report: Report;
  progress: Progress;
  now: Date;
}

/** Somebody who has moved in, now or before. */
export interface Mover {
  userId: string;
  externalId: string;
  /** What the report calls them: an id of theirs there. */
  name: string;
}

/** A list of a source's, asked a page at a time. */
export type List<Item> = (after: After, ask: Ask) => Promise<SourcePage<Item>>;

/**
 * All pages of a list. One that the token may not see is left.
 * @param what it has, in the plural, and whose it is: for the report.
 * @throws SourceError for a source that does not answer, and for a token that is good for nothing any more.
 */
export async function* pagesOf<Item>(
  moving: Pick<Moving, 'source' | 'ask' | 'report'>,
  list: List<Item>,
  what: string,
  whose: string,
): AsyncGenerator<readonly Item[]> {
  const { ask, report } = moving;
  let after: After = null;
  do {
    const page: SourcePage<Item> | null = await unlessHidden(moving, list(after, ask));
    if (!page) {
      report.left('lists', `the token may not see ${what}`, whose);
      return;
    }
    yield page.items;
    after = page.next;
  } while (after !== null);
}

/** @returns null for what the token may not see, as long as it is still somebody's. */
async function unlessHidden<Answer>(
  { source, ask }: Pick<Moving, 'source' | 'ask'>,
  answer: Promise<Answer>,
): Promise<Answer | null> {
  try {
    return await answer;
  } catch (error) {
    if (!(error instanceof SourceError) || error.fault !== 'UNAUTHORIZED') throw error;
    // A token that has ended, and not a list that is kept from it.
    if (ask.token !== null) await source.self({ ...ask, token: ask.token });
    return null;
  }
}
