// Ties that somebody had in another Kith.
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { lockPeople } from '../users/store.ts';
import { connections } from './table.ts';

/** A tie of somebody's to another, as they say it was. */
export interface FormerTie {
  /** Who has asked for it, or says that they were connected. */
  from: string;
  to: string;
  wasAccepted: boolean;
  /** When they were connected, or it was asked for. */
  at: Date;
  /** Whether it is known that the other has agreed: else they are asked, unless they ask as well. */
  isCertain: boolean;
}

/**
 * Asks for a tie, or agrees to it where the other has asked; nobody is told. What is between the two stays otherwise.
 * @returns what there is between them then, and whether that is new.
 * @throws connections_no_block when a block stands between the two.
 */
export function renewTie(
  db: Database,
  { from, to, wasAccepted, at, isCertain }: FormerTie,
): Promise<{ outcome: 'accepted' | 'asked' | 'gone' | 'refused'; isNew: boolean }> {
  return transaction(db, async (tx) => {
    if ((await lockPeople(tx, [from, to])).length < 2) return { outcome: 'gone', isNew: false };
    const [row] = await tx
      .select()
      .from(connections)
      .where(
        sql`least(${connections.requesterId}, ${connections.addresseeId}) = least(${from}::uuid, ${to}::uuid)
          AND greatest(${connections.requesterId}, ${connections.addresseeId}) = greatest(${from}::uuid, ${to}::uuid)`,
      );
    if (row?.status === 'ACCEPTED') return { outcome: 'accepted', isNew: false };
    if (row?.status === 'REJECTED') return { outcome: 'refused', isNew: false };
    const isAgreed = wasAccepted && (isCertain || (row !== undefined && row.requesterId !== from));
    const accepted = { status: 'ACCEPTED', acceptedAt: at, seenAt: at } as const;
    if (row) {
      if (isAgreed) await tx.update(connections).set(accepted).where(eq(connections.id, row.id));
    } else {
      const id = newId(at);
      const asked = { id, shownId: id, requesterId: from, addresseeId: to, createdAt: at, shownAt: at };
      await tx.insert(connections).values({ ...asked, ...(isAgreed ? accepted : {}) });
    }
    return { outcome: isAgreed ? 'accepted' : 'asked', isNew: isAgreed || !row };
  });
}
