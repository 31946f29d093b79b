// Accounts elsewhere whose owners have proven that they are theirs.
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import { accounts } from '../accounts/table.ts';
import { NeighboursChanged } from '../users/neighbours-store.ts';
import { lockOwner } from '../users/store.ts';
import { claims, users } from '../users/table.ts';
import { lockMerge, mergeLocked } from './merge-store.ts';
import { memberMarks } from './own-store.ts';
import { isAccount } from './person-parts-store.ts';
import type { RemoteProfile } from './person-store.ts';
import { type Filled, fillProfile } from './profile-store.ts';
import type { RemoteIdentity } from './rules.ts';
import { accountLinks, type RemoteProvider, remoteProviders } from './table.ts';

/** An account as its owner has proven it: of whom it is here, what the source says of them, and what is kept. */
export interface Proof {
  owner: string;
  /** Of the account that is to be looked at again; null where it may be a new one. */
  accountId: string | null;
  identity: RemoteIdentity;
  profile: RemoteProfile;
  /** The token as it is kept: null for not at all, undefined where what is kept stays. */
  seal: (accountId: string) => Buffer | null | undefined;
  at: Date;
}

/**
 * Why an account is not linked: it is somebody else's, or who had it here was suspended by an operator, or the owner's
 * account is gone, or the account is none of theirs.
 */
export type LinkRefusal = 'taken' | 'closed' | 'owner gone' | 'no account';

/** An account that is linked. */
export interface Linked extends Filled {
  accountId: string;
  /** Whose notifications and requests may have changed. */
  told: string[];
}

/**
 * Makes an account the owner's: a new one, one of somebody who lives elsewhere, whose all is the owner's from then on, or
 * one that is theirs already; and fills what is empty of their profile. All of it, or nothing.
 * @throws user_stats_members_limit or user_stats_flags_limit when it would be too many of them.
 */
export async function linkAccount(db: Database, proof: Proof): Promise<Linked | LinkRefusal> {
  for (;;) {
    try {
      return await transaction(db, (tx) => link(tx, proof));
    } catch (error) {
      // Another has just made the account, or whoever has to do with its person changed: it is looked at again.
      if (!(error instanceof NeighboursChanged) && brokenConstraint(error) !== 'accounts_unique') throw error;
    }
  }
}

async function link(tx: Database, proof: Proof): Promise<Linked | LinkRefusal> {
  const { owner, identity, profile, at } = proof;
  const known = await accountOf(tx, identity);
  if (proof.accountId !== null && (known?.id !== proof.accountId || known.userId !== owner))
    return 'no account';
  const isOthers = known !== null && known.userId !== owner;
  if (isOthers && known.isClaimed) return 'taken';
  const isThere = isOthers
    ? (await lockMerge(tx, { from: known.userId, into: owner })).has(owner)
    : await lockOwner(tx, owner);
  if (!isThere) return 'owner gone';
  // What was found may have changed while this waited.
  const now = known && (await accountOf(tx, identity));
  if (known && (now?.id !== known.id || now.userId !== known.userId)) throw new NeighboursChanged();
  if (isOthers && now?.isClaimed) return 'taken';
  if (isOthers && now?.isClosed) return 'closed';
  const told = isOthers ? await mergeLocked(tx, { from: known.userId, into: owner, at }) : [];
  const named = { username: profile.accountName, url: profile.url };
  const accountId = known?.id ?? newId(at);
  if (known) await tx.update(accounts).set(named).where(eq(accounts.id, accountId));
  else
    await tx
      .insert(accounts)
      .values({ ...identity, ...named, id: accountId, userId: owner, isVisible: false, createdAt: at });
  const [before] = await tx
    .select({ taken: accountLinks.taken })
    .from(accountLinks)
    .where(eq(accountLinks.accountId, accountId));
  const { remembered, ...filled } = await fillProfile(tx, owner, profile, before?.taken ?? {}, at);
  // As whoever lived elsewhere they could not be changed by hand.
  const taken = isOthers ? { ...remembered, members: await memberMarks(tx, owner, identity) } : remembered;
  const token = proof.seal(accountId);
  await tx
    .insert(accountLinks)
    .values({ accountId, token: token ?? null, linkedAt: at, syncedAt: at, taken })
    .onConflictDoUpdate({
      target: accountLinks.accountId,
      set: { syncedAt: at, taken, ...(token === undefined ? {} : { token }) },
    });
  return { ...filled, accountId, told };
}

async function accountOf(tx: Database, identity: RemoteIdentity) {
  const [row] = await tx
    .select({
      id: accounts.id,
      userId: accounts.userId,
      /** Somebody signs in as them. */
      isClaimed: sql<boolean>`NOT ${users.isRemote} AND EXISTS (
        SELECT FROM ${claims} WHERE ${claims.userId} = ${users.id} AND ${claims.kind} = 'identity')`,
      /** By an operator: the source's own suspensions leave no trace here. */
      isClosed: sql<boolean>`${users.statusBefore} IS NOT NULL`,
    })
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(isAccount(identity));
  return row ?? null;
}

/** An account of the owner's that can be looked at again, and the token that is kept for it. */
export interface OwnAccount extends RemoteIdentity {
  token: Uint8Array | null;
}

/** @returns null where the owner has none such, of the systems that people are read from. */
export async function ownAccount(db: Database, owner: string, accountId: string): Promise<OwnAccount | null> {
  const [row] = await db
    .select({
      provider: accounts.provider,
      instance: accounts.instance,
      externalId: accounts.externalId,
      token: accountLinks.token,
    })
    .from(accounts)
    .leftJoin(accountLinks, eq(accountLinks.accountId, accounts.id))
    .where(and(eq(accounts.id, accountId), eq(accounts.userId, owner)));
  const provider = remoteProviders.find((known): known is RemoteProvider => known === row?.provider);
  return row && provider ? { ...row, provider } : null;
}

/**
 * Ends that an account is the owner's; what came along with it stays. Only one of the systems that people are read from:
 * by others they sign in.
 * @returns whether it was theirs.
 */
export function unlinkAccount(db: Database, owner: string, accountId: string): Promise<boolean> {
  return transaction(db, async (tx) => {
    // Not while it is looked at again.
    await lockOwner(tx, owner);
    const gone = await tx
      .delete(accounts)
      .where(
        sql`${accounts.id} = ${accountId} AND ${accounts.userId} = ${owner}
          AND ${accounts.provider} = ANY(${keyArray(remoteProviders)}::text[])`,
      )
      .returning({ id: accounts.id });
    return gone.length > 0;
  });
}

const byAccount = prepared((db) =>
  db
    .select({
      accountId: accountLinks.accountId,
      linkedAt: accountLinks.linkedAt,
      syncedAt: accountLinks.syncedAt,
      hasToken: sql<boolean>`${accountLinks.token} IS NOT NULL`,
    })
    .from(accountLinks)
    .where(sql`${accountLinks.accountId} = ANY(${sql.placeholder('ids')}::uuid[])`),
);

/** When accounts were linked, and whether a token is kept for them; in no order. Whose they are is not asked. */
export function linksOf(db: Database, accountIds: readonly string[]) {
  return byAccount(db, { ids: keyArray(accountIds) });
}
