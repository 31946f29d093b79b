import { eq, type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { keyArray } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import {
  forgetSubjects,
  lockInboxes,
  markSubjectSeen,
  type Subject,
  tell,
} from '../notifications/act-store.ts';
import { lockPeople } from '../users/store.ts';
import { users } from '../users/table.ts';
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
    const locked = await lockPeople(tx, [actor, other]);
    return locked.length < 2 ? null : actLocked(tx, act, actor, other, now);
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
    await lockInboxes(tx, [actor, other]);
    if (row) await forgetSubjects(tx, [row.id, row.shownId]);
    if (outcome === 'create') {
      const id = newId(now);
      await tx
        .insert(connections)
        .values({ id, shownId: id, requesterId: actor, addresseeId: other, createdAt: now, shownAt: now });
      await tell(tx, { kind: 'CONNECTION_REQUESTED', subject: connection(id), actor, at: now }, [other]);
    }
    return outcome;
  }
  if (!row) throw new Error(`There is no connection to ${outcome}.`);
  await tx.update(connections).set(changes[outcome](now, row)).where(eq(connections.id, row.id));
  await lockInboxes(tx, [actor, other]);
  await tellOf[outcome](tx, row, now);
  return outcome;
}

const connection = (id: string): Subject => ({ type: 'Connection', id });
type Row = typeof connections.$inferSelect;

/** The addressee has seen a request that they have answered. */
const requestSeen = (tx: Database, { id, addresseeId }: Row, at: Date) =>
  markSubjectSeen(tx, { kind: 'CONNECTION_REQUESTED', subject: connection(id), at }, addresseeId);

/** What each change means for what the two are told: of a rejection its requester learns nothing. */
const tellOf = {
  accept: async (tx: Database, row: Row, at: Date): Promise<void> => {
    await requestSeen(tx, row, at);
    const doing = {
      kind: 'CONNECTION_ACCEPTED',
      subject: connection(row.shownId),
      actor: row.addresseeId,
    } as const;
    await tell(tx, { ...doing, at }, [row.requesterId]);
  },
  reject: requestSeen,
  reopen: async (): Promise<void> => {},
  withdraw: async (tx: Database, { id }: Row): Promise<void> => {
    await forgetSubjects(tx, [id]);
  },
  'ask again': async (): Promise<void> => {},
};

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
 * Marks pending requests that the viewer got as seen; those of suspended people stay as they are.
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
    await lockPeople(tx, [viewer]);
    const seen = await tx
      .update(connections)
      .set({ seenAt: now })
      .where(
        sql`${connections.addresseeId} = ${viewer} AND ${connections.status} = 'PENDING' AND ${connections.seenAt} IS NULL
          AND NOT EXISTS (SELECT FROM ${users} u WHERE u.id = ${connections.requesterId} AND u.status = 'SUSPENDED')${
            requesters ? sql` AND ${connections.requesterId} = ANY(${keyArray(requesters)}::uuid[])` : sql``
          }`,
      )
      .returning({ id: connections.id });
    return seen.length;
  });
}
