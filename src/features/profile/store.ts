import { eq } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { given } from '../../db/given.ts';
import { replaceShownFlags } from '../flags/store.ts';
import { members } from '../members/table.ts';
import { replaceTags } from '../tags/store.ts';
import { searchText } from '../users/rules.ts';
import { lockOwner, type UserChange } from '../users/store.ts';
import { users } from '../users/table.ts';
import { requireKnown, unknownPreferences } from './preference-rules.ts';
import type { CustomPreference } from './table.ts';

/** A profile to change: columns, what is undefined stays as it is; the flags to show, and the tags. */
export interface ProfileChange {
  columns: UserChange;
  flagIds: readonly string[] | undefined;
  tags: readonly string[] | undefined;
}

/**
 * Changes a person's profile, and what search knows of their names with it: all of it, or nothing.
 * @returns whether the person is there.
 * @throws UnknownReferences; users_username_unique or claims_pkey for a username that is taken or reserved.
 */
export function updateProfile(db: Database, id: string, change: ProfileChange, at: Date): Promise<boolean> {
  return transaction(db, async (tx) => {
    if (!(await lockOwner(tx, id))) return false;
    const [before] = await tx
      .select({
        username: users.username,
        displayName: users.displayName,
        realName: users.realName,
        names: users.names,
        pronouns: users.pronouns,
        fields: users.fields,
        customPreferences: users.customPreferences,
      })
      .from(users)
      .where(eq(users.id, id))
      .for('no key update');
    if (!before) return false;
    const columns = given(change.columns);
    const own = columns.customPreferences ?? before.customPreferences;
    // Words that stay as they are keep what they name, unless the preferences themselves change.
    requireKnown(
      'preference',
      unknownPreferences(columns.customPreferences ? { ...before, ...columns } : columns, own),
    );
    if (columns.customPreferences) await requireMembersKnow(tx, id, before.customPreferences, own);
    await tx
      .update(users)
      .set({ ...columns, searchText: searchText({ ...before, ...columns }) })
      .where(eq(users.id, id));
    if (change.flagIds) {
      const unknown = await replaceShownFlags(tx, id, 'user', id, change.flagIds);
      requireKnown(
        'flag',
        unknown.map((i) => ['flagIds', String(i)]),
      );
    }
    if (change.tags) await replaceTags(tx, id, change.tags, at);
    return true;
  });
}

/** @throws UnknownReferences when a member's words name a preference that would be gone. */
async function requireMembersKnow(
  tx: Database,
  owner: string,
  before: readonly CustomPreference[],
  own: readonly CustomPreference[],
): Promise<void> {
  const kept = new Set(own.map(({ key }) => key));
  if (before.every(({ key }) => kept.has(key))) return;
  const words = await tx
    .select({ names: members.names, pronouns: members.pronouns, fields: members.fields })
    .from(members)
    .where(eq(members.ownerId, owner));
  const unknown = words.some((member) => unknownPreferences(member, own).length > 0);
  requireKnown('used preference', unknown ? [['customPreferences']] : []);
}
