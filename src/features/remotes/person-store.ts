import { and, eq, ne, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import type { AccountKey } from '../accounts/store.ts';
import { accounts } from '../accounts/table.ts';
import { replaceTags } from '../tags/store.ts';
import { randomSid } from '../users/account-store.ts';
import { searchText, usernameKey } from '../users/rules.ts';
import { lockOwner } from '../users/store.ts';
import { users } from '../users/table.ts';
import type { RemoteFlag } from './flag-store.ts';
import { type RemoteMember, replaceRemoteMembers } from './member-store.ts';
import { type RemoteIdentity, remoteUsernames } from './rules.ts';
import { type RemoteCounters, remotes } from './table.ts';

type Columns = Omit<
  typeof users.$inferInsert,
  'id' | 'username' | 'usernameKey' | 'sid' | 'searchText' | 'createdAt' | 'isRemote'
>;

/** What a source says of somebody, as it can be kept. */
export interface RemoteProfile {
  externalId: string;
  /** The name that people are found by there; null where it is not told. */
  accountName: string | null;
  /** What a username here is made from. */
  username: string | null;
  url: string | null;
  columns: Columns & { createdAt?: Date };
  tags: readonly string[];
  utcOffset: number | null;
  counters: RemoteCounters;
  /** Where their pictures are. */
  pictures: { avatar: string | null; cover: string | null };
  /** Null where the source does not list them. */
  members: readonly RemoteMember[] | null;
  /** The flags that they show, in their order; null where the source does not list them. */
  flags: readonly RemoteFlag[] | null;
}

const stateByKey = prepared((db) =>
  db
    .select({
      userId: accounts.userId,
      externalId: accounts.externalId,
      isRemote: users.isRemote,
      fetchedAt: remotes.fetchedAt,
    })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .leftJoin(remotes, eq(remotes.userId, accounts.userId))
    .where(
      sql`${accounts.provider} = ${sql.placeholder('provider')}::text AND ${accounts.instance} = ${sql.placeholder('instance')}::text
        AND (${accounts.externalId} = ${sql.placeholder('externalId')}::text
          OR lower(${accounts.username}) = lower(${sql.placeholder('accountName')}::text))`,
    )
    .orderBy(accounts.createdAt, accounts.id)
    .limit(1),
);

/** What is here of an account elsewhere; `fetchedAt` is null where it is not a remote person's. */
export interface RemoteState {
  userId: string;
  externalId: string;
  isRemote: boolean;
  fetchedAt: Date | null;
}

/** Whose account it is here, whoever may see that; null for nobody's. */
export async function remoteState(db: Database, key: AccountKey): Promise<RemoteState | null> {
  return (await stateByKey(db, { ...key }))[0] ?? null;
}

/** A remote person who was written; null where the account is somebody's who lives here: nothing was written then. */
export type SavedRemote = { userId: string; pictures: { avatar?: string; cover?: string } } | null;

/**
 * Writes what a source says of somebody: a remote person, made where they are not here yet. All of it, or nothing.
 * @param at when it was read.
 */
export async function saveRemote(
  db: Database,
  from: Pick<RemoteIdentity, 'provider' | 'instance'>,
  profile: RemoteProfile,
  at: Date,
): Promise<SavedRemote> {
  const identity = { ...from, externalId: profile.externalId };
  const names = remoteUsernames(identity, profile.accountName ?? profile.username);
  let username = names.next().value;
  for (;;) {
    try {
      return await transaction(db, (tx) => save(tx, identity, profile, username, at));
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

async function save(
  tx: Database,
  identity: RemoteIdentity,
  profile: RemoteProfile,
  username: string,
  at: Date,
): Promise<SavedRemote> {
  const known = await accountOf(tx, identity);
  if (known && !known.isRemote) return null;
  const person = known ? await update(tx, known, profile) : await insert(tx, identity, profile, username, at);
  // Who had the name there before has it no longer.
  if (profile.accountName !== null) {
    await tx
      .update(accounts)
      .set({ username: null })
      .where(
        and(
          eq(accounts.provider, identity.provider),
          eq(accounts.instance, identity.instance),
          sql`lower(${accounts.username}) = lower(${profile.accountName})`,
          ne(accounts.id, person.accountId),
          sql`EXISTS (SELECT FROM ${remotes} WHERE ${remotes.accountId} = ${accounts.id})`,
        ),
      );
  }
  await replaceTags(tx, person.userId, profile.tags, at);
  if (profile.members) await replaceRemoteMembers(tx, person.userId, identity, profile.members, at);
  const fetched = { fetchedAt: at, utcOffset: profile.utcOffset, counters: profile.counters };
  const [row] = await tx
    .insert(remotes)
    .values({ userId: person.userId, accountId: person.accountId, ...fetched })
    .onConflictDoUpdate({ target: remotes.userId, set: fetched })
    .returning({ pictures: remotes.pictures });
  return { userId: person.userId, pictures: row?.pictures ?? {} };
}

async function accountOf(tx: Database, { provider, instance, externalId }: RemoteIdentity) {
  const [row] = await tx
    .select({
      accountId: accounts.id,
      userId: accounts.userId,
      isRemote: users.isRemote,
      username: users.username,
    })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(
      and(
        eq(accounts.provider, provider),
        eq(accounts.instance, instance),
        eq(accounts.externalId, externalId),
      ),
    );
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

async function update(
  tx: Database,
  { accountId, userId, username }: { accountId: string; userId: string; username: string },
  { columns, accountName, url }: RemoteProfile,
) {
  const { displayName = null, realName = null } = columns;
  // What an operator has closed stays closed, whatever the source says.
  const status = sql`CASE WHEN ${users.statusBefore} IS NULL THEN ${columns.status ?? 'ACTIVE'} ELSE ${users.status} END`;
  await tx
    .update(users)
    .set({ ...columns, status, searchText: searchText({ username, displayName, realName }) })
    .where(eq(users.id, userId));
  await tx.update(accounts).set({ username: accountName, url }).where(eq(accounts.id, accountId));
  return { accountId, userId };
}

async function insert(
  tx: Database,
  { provider, instance, externalId }: RemoteIdentity,
  { columns, accountName, url }: RemoteProfile,
  username: string,
  at: Date,
) {
  const createdAt = columns.createdAt ?? at;
  const [userId, accountId] = [newId(createdAt), newId(at)];
  const { displayName = null, realName = null } = columns;
  await tx.insert(users).values({
    ...columns,
    id: userId,
    username,
    usernameKey: usernameKey(username),
    sid: randomSid(5),
    isRemote: true,
    searchText: searchText({ username, displayName, realName }),
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

/** Notes that a remote person is no longer where they were. What is here of them stays. */
export async function markGone(db: Database, userId: string, at: Date): Promise<void> {
  await transaction(db, async (tx) => {
    const [gone] = await tx
      .update(remotes)
      .set({ fetchedAt: at })
      .where(eq(remotes.userId, userId))
      .returning({ userId: remotes.userId });
    if (!gone) return;
    await tx
      .update(users)
      .set({ status: 'DELETED' })
      .where(and(eq(users.id, userId), ne(users.status, 'SUSPENDED')));
  });
}

const byUser = prepared((db) =>
  db
    .select({
      userId: remotes.userId,
      provider: accounts.provider,
      instance: accounts.instance,
      externalId: accounts.externalId,
      url: accounts.url,
      fetchedAt: remotes.fetchedAt,
      utcOffset: remotes.utcOffset,
      counters: remotes.counters,
    })
    .from(remotes)
    .innerJoin(accounts, eq(accounts.id, remotes.accountId))
    .where(sql`${remotes.userId} = ANY(${sql.placeholder('ids')}::uuid[])`),
);

/** Where somebody lives, and what was read of them there. */
export type RemoteRow = Awaited<ReturnType<typeof remotesOf>>[number];

/** What of these people is known of other systems, in no order; of who lives here there is nothing. Whether they can be found is not asked again. */
export function remotesOf(db: Database, ids: readonly string[]) {
  return byUser(db, { ids: keyArray(ids) });
}
