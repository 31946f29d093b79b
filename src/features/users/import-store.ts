// Who moves in here, and what of their profile is still empty.
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { given } from '../../db/given.ts';
import { newId } from '../../db/uuid.ts';
import { accounts } from '../accounts/table.ts';
import { type RemoteProvider, remotes } from '../remotes/table.ts';
import { userTags } from '../tags/table.ts';
import { ensurePeople, insertIdentities } from './bulk-store.ts';
import { searchText, usernameKey } from './rules.ts';
import type { UserChange } from './store.ts';
import { users } from './table.ts';

/** Who somebody is in another system. */
export interface AccountKey {
  provider: RemoteProvider;
  instance: string;
  externalId: string;
  /** What the account is called there, in lower case: unique within the system. */
  accountName: string;
}

/** Somebody who is here. */
export interface Holder {
  id: string;
  username: string;
  isRemote: boolean;
}

const holder = { id: users.id, username: users.username, isRemote: users.isRemote };

/** Whose account this is here; null where it is nobody's yet. */
export async function accountHolder(
  db: Database,
  { provider, instance, externalId, accountName }: AccountKey,
): Promise<Holder | null> {
  const [found] = await db
    .select(holder)
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(
      sql`${accounts.provider} = ${provider} AND ${accounts.instance} = ${instance}
        AND (${accounts.externalId} = ${externalId} OR lower(${accounts.username}) = ${accountName})`,
    )
    .orderBy(users.isRemote)
    .limit(1);
  return found ?? null;
}

/** The person of this username; null where there is none. */
export async function holderNamed(db: Database, username: string): Promise<Holder | null> {
  const [found] = await db
    .select(holder)
    .from(users)
    .where(eq(users.usernameKey, usernameKey(username)));
  return found ?? null;
}

/** Ties an account elsewhere, which is nobody's yet, to somebody here. @throws accounts_unique when it is somebody's. */
export async function addAccount(tx: Database, userId: string, key: AccountKey, at: Date): Promise<void> {
  const { provider, instance, externalId, accountName } = key;
  await tx.insert(accounts).values({
    ...{ id: newId(at), userId, provider, instance, externalId, username: accountName, createdAt: at },
  });
}

/** Somebody who moves in. */
export interface Newcomer {
  username: string;
  settings: UserChange;
}

/**
 * Makes an account for somebody who moves in; the issuer's token whose subject is their username signs them in. Run it in
 * a transaction.
 * @throws claims_pkey for a username that a deleted account has left.
 */
export async function createNewcomer(
  tx: Database,
  issuer: string,
  { username, settings }: Newcomer,
  at: Date,
): Promise<string> {
  const ids = await ensurePeople(tx, issuer, [{ username, createdAt: at }]);
  const id = ids.get(usernameKey(username));
  if (id === undefined) throw new Error('The account was not made.');
  await tx.update(users).set(given(settings)).where(eq(users.id, id));
  return id;
}

/**
 * The same for somebody who is known here as living elsewhere: whatever hangs on them stays theirs.
 * @throws users_username_unique, claims_pkey
 */
export async function settleRemote(
  tx: Database,
  issuer: string,
  id: string,
  { username, settings }: Newcomer,
  at: Date,
): Promise<void> {
  const [names] = await tx
    .select({ displayName: users.displayName, realName: users.realName })
    .from(users)
    .where(eq(users.id, id));
  if (!names) throw new Error('Nobody is there to settle.');
  await tx.delete(remotes).where(eq(remotes.userId, id));
  await tx
    .update(users)
    .set({
      ...given(settings),
      ...{ username, usernameKey: usernameKey(username), isRemote: false },
      status: sql`CASE ${users.status} WHEN 'DELETED' THEN 'ACTIVE' ELSE ${users.status} END`,
      searchText: searchText({ username, ...names }),
    })
    .where(eq(users.id, id));
  // Whether it is shown from now on, they say themselves.
  await tx.update(accounts).set({ isVisible: false }).where(eq(accounts.userId, id));
  await insertIdentities(tx, issuer, [{ id, createdAt: at }]);
}

/** What a profile has, as far as moving in can fill it. */
export async function profileToFill(db: Database, id: string) {
  const [found] = await db
    .select({
      displayName: users.displayName,
      bio: users.bio,
      birthday: users.birthday,
      gender: users.gender,
      locationName: users.locationName,
      avatar: users.avatar,
      profileVisibility: users.profileVisibility,
      hasTags: sql<boolean>`EXISTS (SELECT FROM ${userTags} t WHERE t.user_id = ${users.id})`,
    })
    .from(users)
    .where(eq(users.id, id));
  return found ?? null;
}
