import { randomInt } from 'node:crypto';
import { eq, sql } from 'drizzle-orm';
import type { Account } from '../../auth/viewer.ts';
import type { Database } from '../../db/client.ts';
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { prepared } from '../../db/prepared.ts';
import { isStorable } from '../../db/text.ts';
import { newId } from '../../db/uuid.ts';
import { accounts } from '../accounts/table.ts';
import { searchText, usernameCandidates, usernameKey } from './rules.ts';
import { claims, userStats, users } from './table.ts';

/** Who somebody is at the issuer of their tokens. */
export interface SignInIdentity {
  issuer: string;
  subject: string;
}

/** What a new account starts with. */
export interface NewAccount extends SignInIdentity {
  username: string | null;
  displayName: string | null;
  email: string | null;
  emailVerified: boolean;
  status: 'ACTIVE' | 'PENDING';
  createdAt: Date;
}

/** What an identity is claimed as: the issuer's length tells where it ends. */
export function identityText({ issuer, subject }: SignInIdentity): string {
  return `${issuer.length}:${issuer}${subject}`;
}

const accountByIdentity = prepared((db) =>
  db
    .select({
      id: users.id,
      status: users.status,
      ties: sql<number>`coalesce(${userStats.following} + ${userStats.connections}, 0)`,
    })
    .from(claims)
    .leftJoin(users, eq(users.id, claims.userId))
    .leftJoin(userStats, eq(userStats.userId, users.id))
    .where(
      sql`${claims.kind} = 'identity' AND ${claims.hash} = claim_hash('identity', ${sql.placeholder('identity')})`,
    ),
);

/** The account of an identity: `deleted` when it has been deleted, null when there never was one. */
export async function accountOf(db: Database, identity: SignInIdentity): Promise<Account | null> {
  const row = (await accountByIdentity(db, { identity: identityText(identity) }))[0];
  if (!row) return null;
  // An identity is nobody's who lives elsewhere, and nobody else is DELETED.
  return row.id === null || row.status === null || row.status === 'DELETED'
    ? 'deleted'
    : { id: row.id, status: row.status, ties: row.ties };
}

/**
 * Makes the account of an identity, with the first free username of those that suit it.
 * @returns null when another request made the account meanwhile, and nothing was written.
 */
export async function createAccount(db: Database, account: NewAccount): Promise<Account | null> {
  for (;;) {
    const sid = randomSid(5);
    for (const username of usernameCandidates(account.username, sid)) {
      try {
        return await transaction(db, (tx) => insertAccount(tx, account, username, sid));
      } catch (error) {
        const constraint = brokenConstraint(error);
        if (constraint === 'users_sid_unique') break;
        // A name that somebody has, or that a deleted account has left; or the identity itself, just claimed.
        if (constraint !== 'users_username_unique' && constraint !== 'claims_pkey') throw error;
        if ((await accountOf(db, account)) !== null) return null;
      }
    }
  }
}

async function insertAccount(
  tx: Database,
  account: NewAccount,
  username: string,
  sid: string,
): Promise<Account> {
  const { displayName, email, emailVerified, status, createdAt } = account;
  const id = newId(createdAt);
  await tx.insert(users).values({
    id,
    username,
    usernameKey: usernameKey(username),
    sid,
    displayName,
    email,
    emailVerified,
    status,
    createdAt,
    searchText: searchText({ username, displayName, realName: null }),
  });
  await claimIdentity(tx, id, account);
  await tx.insert(accounts).values({
    id: newId(createdAt),
    userId: id,
    provider: 'OIDC',
    instance: account.issuer,
    externalId: account.subject,
    username: accountName(account.username),
    createdAt,
  });
  return { id, status, ties: 0 };
}

/** Longest name of an account elsewhere that is kept, in characters. */
const maxAccountName = 255;

/** What a token calls somebody, as far as it can be kept. */
function accountName(preferred: string | null): string | null {
  return preferred && isStorable(preferred) ? [...preferred].slice(0, maxAccountName).join('') : null;
}

/**
 * Ties an identity to an account.
 * @throws claims_pkey when it is tied to one already.
 */
export async function claimIdentity(db: Database, userId: string, identity: SignInIdentity): Promise<void> {
  await db
    .insert(claims)
    .values({ kind: 'identity', hash: sql`claim_hash('identity', ${identityText(identity)})`, userId });
}

/** Random letters a–z: a short id, of 5 for a person and 6 for a member. */
export function randomSid(length: 5 | 6): string {
  return Array.from({ length }, () => String.fromCharCode(97 + randomInt(26))).join('');
}
