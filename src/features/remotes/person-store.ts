import { and, eq, ne, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import type { AccountKey } from '../accounts/store.ts';
import { accounts } from '../accounts/table.ts';
import { users } from '../users/table.ts';
import type { RemoteFlag } from './flag-store.ts';
import type { RemoteMember } from './member-store.ts';
import { accountOf, changePerson, insertPerson, withUsername, writeBeside } from './person-parts-store.ts';
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
export function saveRemote(
  db: Database,
  from: Pick<RemoteIdentity, 'provider' | 'instance'>,
  profile: RemoteProfile,
  at: Date,
): Promise<SavedRemote> {
  const identity = { ...from, externalId: profile.externalId };
  const names = remoteUsernames(identity, profile.accountName ?? profile.username);
  return withUsername(db, names, (tx, username) => save(tx, identity, profile, username, at));
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
  if (known) await changePerson(tx, known, profile, { username: known.username });
  const person = known ?? (await insertPerson(tx, identity, profile, { username, isRemote: true }, at));
  await writeBeside(tx, identity, person, profile, at);
  const fetched = { fetchedAt: at, utcOffset: profile.utcOffset, counters: profile.counters };
  const [row] = await tx
    .insert(remotes)
    .values({ userId: person.userId, accountId: person.accountId, ...fetched })
    .onConflictDoUpdate({ target: remotes.userId, set: fetched })
    .returning({ pictures: remotes.pictures });
  return { userId: person.userId, pictures: row?.pictures ?? {} };
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
