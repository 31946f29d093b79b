// What writing somebody of another system has in common, whether they go on living there or move in.
import { and, eq, ne, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { accounts } from '../accounts/table.ts';
import { replaceTags } from '../tags/store.ts';
import { randomSid } from '../users/account-store.ts';
import { searchText, usernameKey } from '../users/rules.ts';
import { lockOwner } from '../users/store.ts';
import { users } from '../users/table.ts';
import { replaceRemoteMembers } from './member-store.ts';
import type { RemoteProfile } from './person-store.ts';
import type { RemoteIdentity } from './rules.ts';
import { remotes } from './table.ts';

/**
 * Writes somebody in a transaction of their own, under the first of these usernames that is free.
 * @param names without end.
 */
export async function withUsername<Written>(
  db: Database,
  names: Iterator<string, never>,
  write: (tx: Database, username: string) => Promise<Written>,
): Promise<Written> {
  let username = names.next().value;
  for (;;) {
    try {
      return await transaction(db, (tx) => write(tx, username));
    } catch (error) {
      const constraint = brokenConstraint(error);
      if (constraint === 'users_username_unique' || constraint === 'claims_pkey')
        username = names.next().value;
      // Another has just made them, or a random sid was somebody's: what is there by now is looked at again.
      else if (!isRetried(constraint)) throw error;
    }
  }
}

/** Another has made the same person, or had the same random sid. */
function isRetried(constraint: string | null): boolean {
  return ['accounts_unique', 'users_sid_unique', 'members_sid_unique'].includes(constraint ?? '');
}

/** The account is this one. */
export function isAccount({ provider, instance, externalId }: RemoteIdentity) {
  return and(
    eq(accounts.provider, provider),
    eq(accounts.instance, instance),
    eq(accounts.externalId, externalId),
  );
}

/** Whose account it is here; a remote person is locked. */
export async function accountOf(tx: Database, identity: RemoteIdentity) {
  const [row] = await tx
    .select({
      accountId: accounts.id,
      userId: accounts.userId,
      isRemote: users.isRemote,
      username: users.username,
    })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(isAccount(identity));
  if (!row?.isRemote) return row ?? null;
  await lockOwner(tx, row.userId);
  // Somebody who brought it along while this waited has it now.
  const [now] = await tx
    .select({ userId: accounts.userId, isRemote: users.isRemote })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(eq(accounts.id, row.accountId));
  return now ? { ...row, ...now } : null;
}

type Person = { accountId: string; userId: string };

/** Makes a person who is here already what the source says. @param who they are here from now on. */
export async function changePerson(
  tx: Database,
  { accountId, userId }: Person,
  { columns, accountName, url }: RemoteProfile,
  who: Partial<typeof users.$inferInsert> & { username: string },
): Promise<void> {
  const { displayName = null, realName = null } = columns;
  // What an operator has closed stays closed, whatever the source says.
  const status = sql`CASE WHEN ${users.statusBefore} IS NULL THEN ${columns.status ?? 'ACTIVE'} ELSE ${users.status} END`;
  const { username } = who;
  await tx
    .update(users)
    .set({
      ...columns,
      ...who,
      status,
      usernameKey: usernameKey(username),
      searchText: searchText({ username, displayName, realName }),
    })
    .where(eq(users.id, userId));
  await tx.update(accounts).set({ username: accountName, url }).where(eq(accounts.id, accountId));
}

/** Makes somebody with the account that says who they are there. */
export async function insertPerson(
  tx: Database,
  { provider, instance, externalId }: RemoteIdentity,
  { columns, accountName, url }: RemoteProfile,
  who: Pick<typeof users.$inferInsert, 'isRemote' | 'statusBefore'> & { username: string },
  at: Date,
): Promise<Person> {
  const createdAt = columns.createdAt ?? at;
  const [userId, accountId] = [newId(createdAt), newId(at)];
  const { displayName = null, realName = null } = columns;
  await tx.insert(users).values({
    ...columns,
    ...who,
    id: userId,
    usernameKey: usernameKey(who.username),
    sid: randomSid(5),
    searchText: searchText({ username: who.username, displayName, realName }),
    createdAt,
  });
  await tx.insert(accounts).values({
    id: accountId,
    userId,
    provider,
    instance,
    externalId,
    username: accountName,
    url,
    isVisible: true,
    createdAt: at,
  });
  return { accountId, userId };
}

/** What is written beside the person: their tags and members, and whose name there it is. */
export async function writeBeside(
  tx: Database,
  identity: RemoteIdentity,
  { accountId, userId }: Person,
  { accountName, tags, members }: RemoteProfile,
  at: Date,
): Promise<void> {
  // Who had the name there before has it no longer.
  if (accountName !== null) {
    await tx
      .update(accounts)
      .set({ username: null })
      .where(
        and(
          eq(accounts.provider, identity.provider),
          eq(accounts.instance, identity.instance),
          sql`lower(${accounts.username}) = lower(${accountName})`,
          ne(accounts.id, accountId),
          sql`EXISTS (SELECT FROM ${remotes} WHERE ${remotes.accountId} = ${accounts.id})`,
        ),
      );
  }
  await replaceTags(tx, userId, tags, at);
  if (members) await replaceRemoteMembers(tx, userId, identity, members, at);
}
