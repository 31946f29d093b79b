import { and, eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { given } from '../../db/given.ts';
import { replaceShownFlags } from '../flags/store.ts';
import { requireKnown, unknownPreferences } from '../profile/preference-rules.ts';
import { randomSid } from '../users/account-store.ts';
import { customPreferencesOf, lockOwner } from '../users/store.ts';
import { members } from './table.ts';

type Columns = Omit<typeof members.$inferInsert, 'id' | 'ownerId' | 'sid' | 'createdAt'>;

/** Columns of a member to write, what is undefined stays as it is; and the flags to show. */
export type MemberChange = { [Column in keyof Columns]?: Columns[Column] | undefined } & {
  flagIds?: readonly string[] | undefined;
};

/**
 * Creates a member with a sid of its own.
 * @returns whether its owner is there.
 * @throws UnknownReferences; members_name_unique when another one of the owner's has the name;
 * user_stats_members_limit when the owner has as many as there may be.
 */
export async function insertMember(
  db: Database,
  member: Pick<typeof members.$inferInsert, 'id' | 'ownerId' | 'createdAt' | 'name' | 'nameKey'>,
  change: MemberChange,
): Promise<boolean> {
  for (;;) {
    try {
      return await transaction(db, async (tx) => {
        if (!(await lockOwner(tx, member.ownerId))) return false;
        const { flagIds, ...columns } = change;
        await requireKnownPreferences(tx, member.ownerId, columns);
        await tx.insert(members).values({ ...given(columns), ...member, sid: randomSid(6) });
        await showFlags(tx, member.ownerId, member.id, flagIds);
        return true;
      });
    } catch (error) {
      if (brokenConstraint(error) !== 'members_sid_unique') throw error;
    }
  }
}

/**
 * Changes a member.
 * @returns whether the owner has such a member.
 * @throws as `insertMember`.
 */
export function updateMember(
  db: Database,
  owner: string,
  id: string,
  { flagIds, ...change }: MemberChange,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    await lockOwner(tx, owner);
    const [member] = await tx
      .select({ id: members.id })
      .from(members)
      .where(mine(owner, id))
      .for('no key update');
    if (!member) return false;
    await requireKnownPreferences(tx, owner, change);
    const columns = given(change);
    if (Object.keys(columns).length > 0) await tx.update(members).set(columns).where(mine(owner, id));
    await showFlags(tx, owner, id, flagIds);
    return true;
  });
}

/** Deletes a member. @returns whether the owner had it. */
export function deleteMember(db: Database, owner: string, id: string): Promise<boolean> {
  return transaction(db, async (tx) => {
    await lockOwner(tx, owner);
    return (await tx.delete(members).where(mine(owner, id)).returning({ id: members.id })).length > 0;
  });
}

const mine = (owner: string, id: string) => and(eq(members.id, id), eq(members.ownerId, owner));

async function requireKnownPreferences(tx: Database, owner: string, change: MemberChange): Promise<void> {
  if (!change.names && !change.pronouns && !change.fields) return;
  const [row] = await customPreferencesOf(tx, [owner]);
  requireKnown('preference', unknownPreferences(change, row?.customPreferences ?? []));
}

async function showFlags(
  tx: Database,
  owner: string,
  id: string,
  flagIds: readonly string[] | undefined,
): Promise<void> {
  if (!flagIds) return;
  const unknown = await replaceShownFlags(tx, owner, 'member', id, flagIds);
  requireKnown(
    'flag',
    unknown.map((i) => ['flagIds', String(i)]),
  );
}
