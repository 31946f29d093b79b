import { eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { keyArray } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import { userStats } from '../users/table.ts';
import { type Act, type Outcome, outcomeOf } from './rules.ts';
import { connections } from './table.ts';

const ofPair = (a: string, b: string): SQL =>
  sql`least(${connections.requesterId}, ${connections.addresseeId}) = least(${a}::uuid, ${b}::uuid)
    AND greatest(${connections.requesterId}, ${connections.addresseeId}) = greatest(${a}::uuid, ${b}::uuid)`;

/** What came of an act; null when one of the two is no longer there. */
export async function actOnConnection(
  db: Database,
  act: Act,
  actor: string,
  other: string,
  now: Date,
): Promise<Outcome | null> {
  return transaction(db, async (tx) => {
    const both = [actor, other];
    // The same two rows, in the same order, as every writer of follows and blocks locks them.
    const locked = await tx
      .select({ id: userStats.userId })
      .from(userStats)
      .where(sql`${userStats.userId} IN ${both}`)
      .orderBy(userStats.userId)
      .for('no key update');
    return locked.length < both.length ? null : actLocked(tx, act, actor, other, now);
  });
}

/** The same in a transaction that has locked the counters of both. */
export async function actLocked(
  tx: Database,
  act: Act,
  actor: string,
  other: string,
  now: Date,
): Promise<Outcome> {
  const [row] = await tx.select().from(connections).where(ofPair(actor, other));
  const outcome = outcomeOf(act, row ?? null, row?.requesterId === actor, now);
  if (typeof outcome === 'object' || outcome === 'nothing') return outcome;
  if (outcome === 'create' || outcome === 'delete') {
    if (row) await tx.delete(connections).where(eq(connections.id, row.id));
    if (outcome === 'create') {
      const id = newId(now);
      await tx
        .insert(connections)
        .values({ id, shownId: id, requesterId: actor, addresseeId: other, createdAt: now, shownAt: now });
    }
    return outcome;
  }
  if (!row) throw new Error(`There is no connection to ${outcome}.`);
  await tx.update(connections).set(changes[outcome](now, row)).where(eq(connections.id, row.id));
  return outcome;
}

const visibleAgain = { rejectedAt: null, withdrawnAt: null, askedAgain: false };
const changes = {
  accept: (now: Date, { seenAt }: { seenAt: Date | null }) => ({
    ...visibleAgain,
    status: 'ACCEPTED' as const,
    acceptedAt: now,
    seenAt: seenAt ?? now,
  }),
  reject: (now: Date, { seenAt }: { seenAt: Date | null }) => ({
    status: 'REJECTED' as const,
    rejectedAt: now,
    seenAt: seenAt ?? now,
  }),
  reopen: () => ({ ...visibleAgain, status: 'PENDING' as const }),
  withdraw: (now: Date) => ({ withdrawnAt: now, askedAgain: false }),
  'ask again': (now: Date) => ({ askedAgain: true, shownId: newId(now), shownAt: now }),
};

/**
 * Marks pending requests that the viewer got as seen.
 * @param requesters whose; null for all.
 * @returns how many were not seen yet.
 */
export function markRequestsSeen(
  db: Database,
  viewer: string,
  requesters: readonly string[] | null,
  now: Date,
): Promise<number> {
  return transaction(db, async (tx) => {
    // The trigger counts those unseen in this row.
    await tx
      .select({ id: userStats.userId })
      .from(userStats)
      .where(eq(userStats.userId, viewer))
      .for('no key update');
    const seen = await tx
      .update(connections)
      .set({ seenAt: now })
      .where(
        sql`${connections.addresseeId} = ${viewer} AND ${connections.status} = 'PENDING' AND ${connections.seenAt} IS NULL${
          requesters ? sql` AND ${connections.requesterId} = ANY(${keyArray(requesters)}::uuid[])` : sql``
        }`,
      )
      .returning({ id: connections.id });
    return seen.length;
  });
}
