// How people who are here stand to each other.
import { transaction } from '../../db/errors.ts';
import { connectMany } from '../../features/connections/import-store.ts';
import { followMany } from '../../features/follows/import-store.ts';
import { peopleHere } from '../../features/remotes/moved-store.ts';
import type { SourcePerson } from '../../sources/records.ts';
import { type Mover, type Moving, pagesOf } from './moving.ts';

const lists = ['following', 'followers', 'connections'] as const;

/** Takes what there is between these people and others who are here; whoever is not here does not come for it. */
export async function takeRelations(moving: Moving, movers: readonly Mover[]): Promise<void> {
  const { source, self, progress } = moving;
  const moved = new Set(movers.map(({ userId }) => userId));
  for (const [n, mover] of movers.entries()) {
    progress.show(n, movers.length, 'relations');
    for (const list of lists) {
      const read = source[list];
      // Whom the token's own person follows and is connected with has come with their ties.
      const isTied = source.ties && mover.externalId === self?.externalId && list !== 'followers';
      if (!read || isTied) continue;
      const pages = pagesOf(moving, (after, ask) => read(mover.externalId, after, ask), list, mover.name);
      for await (const page of pages) {
        const others = await othersHere(moving, mover, list, page);
        if (list === 'connections') await connect(moving, mover, others);
        else if (list === 'following') await follow(moving, mover.userId, others);
        // Whoever moves in as well shows whom they follow themself, or does not.
        else for (const other of others) if (!moved.has(other)) await follow(moving, other, [mover.userId]);
      }
    }
  }
}

/** Those on a page who are here. */
async function othersHere(
  { db, from, report }: Moving,
  mover: Mover,
  list: (typeof lists)[number],
  page: readonly SourcePerson[],
): Promise<string[]> {
  const ids = page.map(({ externalId }) => externalId);
  const here = await peopleHere(db, from, ids);
  const kind = list === 'connections' ? 'connections' : 'follows';
  const absent = new Set(ids).size - here.size;
  report.left(kind, 'the other is not here', mover.name, absent);
  return [...new Set([...here.values()].map(({ userId }) => userId))].filter((id) => id !== mover.userId);
}

/** Follows those from whom no block parts the follower. @returns from whom one does. */
export async function follow(
  { db, report, now }: Pick<Moving, 'db' | 'report' | 'now'>,
  follower: string,
  followees: readonly string[],
): Promise<Set<string>> {
  if (followees.length === 0) return new Set();
  const { made, parted } = await transaction(db, (tx) => followMany(tx, follower, followees, now));
  report.took('follows', made);
  report.wasThere('follows', followees.length - parted.size - made);
  report.left('follows', 'a block parts the two here', undefined, parted.size);
  return parted;
}

/** What there is of it already is not told: each connection is in two lists. */
export async function connect(
  { db, report, now }: Pick<Moving, 'db' | 'report' | 'now'>,
  { userId }: Mover,
  others: readonly string[],
): Promise<void> {
  if (others.length === 0) return;
  report.took('connections', await transaction(db, (tx) => connectMany(tx, userId, others, now)));
}
