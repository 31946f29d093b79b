import { and, eq, isNull, lte, or } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { members } from '../members/table.ts';
import { randomSid } from '../users/account-store.ts';
import { users } from '../users/table.ts';
import { lastRerollBefore, nextReroll } from './sid-rules.ts';

/** What came of a reroll; in the last three cases nothing was written. */
export type Reroll =
  | { is: 'done' }
  | { is: 'too soon'; until: Date }
  | { is: 'no owner' }
  | { is: 'no member' };

class NoMember extends Error {}

/** Gives a person, or a member of theirs, a new sid; the old one leads nowhere any more. */
export async function rerollSid(
  db: Database,
  owner: string,
  memberId: string | null,
  now: Date,
): Promise<Reroll> {
  for (;;) {
    try {
      return await transaction(db, (tx) => rerollIn(tx, owner, memberId, now));
    } catch (error) {
      if (error instanceof NoMember) return { is: 'no member' };
      // Somebody has that sid, or a deleted account has left it: another one then.
      const constraint = brokenConstraint(error);
      if (
        constraint !== 'users_sid_unique' &&
        constraint !== 'members_sid_unique' &&
        constraint !== 'claims_pkey'
      )
        throw error;
    }
  }
}

async function rerollIn(tx: Database, owner: string, memberId: string | null, now: Date): Promise<Reroll> {
  const due = or(isNull(users.sidRerolledAt), lte(users.sidRerolledAt, lastRerollBefore(now)));
  const [taken] = await tx
    .update(users)
    .set({ sidRerolledAt: now, ...(memberId === null ? { sid: randomSid(5) } : {}) })
    .where(and(eq(users.id, owner), due))
    .returning({ id: users.id });
  if (!taken) {
    const [row] = await tx
      .select({ last: users.sidRerolledAt, createdAt: users.createdAt })
      .from(users)
      .where(eq(users.id, owner));
    return row ? { is: 'too soon', until: nextReroll(row.last, row.createdAt) } : { is: 'no owner' };
  }
  if (memberId !== null) {
    const [member] = await tx
      .update(members)
      .set({ sid: randomSid(6) })
      .where(and(eq(members.id, memberId), eq(members.ownerId, owner)))
      .returning({ id: members.id });
    if (!member) throw new NoMember();
  }
  return { is: 'done' };
}
