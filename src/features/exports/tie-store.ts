// Whom somebody has to do with, in the order it came about: as an archive lists them, some at a time.
import { type Column, eq, type SQL, sql } from 'drizzle-orm';
import type { PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { accounts } from '../accounts/table.ts';
import { aspects, aspectUsers } from '../aspects/table.ts';
import { blocks, hides } from '../blocks/table.ts';
import { categories, categoryFollows } from '../categories/table.ts';
import { connected, connections } from '../connections/table.ts';
import { follows } from '../follows/table.ts';
import { remotes } from '../remotes/table.ts';
import { users } from '../users/table.ts';
import { unparted } from '../users/visible.ts';

/** Where a list goes on: behind this row. Null: at its beginning. */
export type After = { at: Date; id: string } | null;

/** Somebody else, as an archive names them. */
export const personColumns = {
  username: users.username,
  displayName: users.displayName,
  realName: users.realName,
  provider: accounts.provider,
  instance: accounts.instance,
  externalId: accounts.externalId,
};
export interface PersonRow {
  username: string;
  displayName: string | null;
  realName: string | null;
  /** Where they live in another system: who they are there. */
  provider: string | null;
  instance: string | null;
  externalId: string | null;
}

/** What joins somebody with who they are where they live elsewhere. */
export const remoteOf = eq(remotes.userId, users.id);
export const accountOf = eq(accounts.id, remotes.accountId);

/** Somebody else can be found by this person. */
export const findableBy = (me: string): SQL =>
  sql`${users.status} <> 'SUSPENDED' AND ${unparted(sql`${me}::uuid`, users.id)}`;

/** The row lies behind another in the order of these columns. */
export const behind = (at: SQL | Column, id: SQL | Column, after: After): SQL =>
  after === null
    ? sql`true`
    : sql`(${at}, ${id}) > (${after.at.toISOString()}::timestamptz, ${after.id}::uuid)`;

/** Whom somebody has to do with, and since when. */
export interface TieRow {
  id: string;
  at: Date;
  person: PersonRow;
}

interface TieList {
  table: PgTable;
  me: Column;
  peer: Column;
  at: Column;
  /** Whether those who have blocked them are in it too: whoever blocked somebody knows whom. */
  blocked?: true;
}
const lists = {
  following: { table: follows, me: follows.followerId, peer: follows.followeeId, at: follows.createdAt },
  followers: { table: follows, me: follows.followeeId, peer: follows.followerId, at: follows.createdAt },
  connections: { table: connected, me: connected.userId, peer: connected.peerId, at: connected.connectedAt },
  blocks: {
    table: blocks,
    me: blocks.blockerId,
    peer: blocks.blockedId,
    at: blocks.createdAt,
    blocked: true,
  },
  hidden: { table: hides, me: hides.hiderId, peer: hides.hiddenId, at: hides.createdAt },
} as const satisfies Record<string, TieList>;
export type TieKind = keyof typeof lists;

/** Some of those who are in a list of somebody's, oldest first. */
export function tiesOf(
  db: Database,
  kind: TieKind,
  userId: string,
  after: After,
  limit: number,
): Promise<TieRow[]> {
  const { table, me, peer, at, blocked }: TieList = lists[kind];
  return db
    .select({
      id: sql<string>`${peer}`,
      at: sql<Date>`${at}`.mapWith(follows.createdAt),
      person: personColumns,
    })
    .from(table)
    .innerJoin(users, eq(users.id, peer))
    .leftJoin(remotes, remoteOf)
    .leftJoin(accounts, accountOf)
    .where(
      sql`${me} = ${userId}::uuid AND ${behind(at, peer, after)}
        AND ${blocked ? sql`${users.status} <> 'SUSPENDED'` : findableBy(userId)}`,
    )
    .orderBy(sql`${at}`, sql`${peer}`)
    .limit(limit);
}

/** Some requests to be connected that somebody has made or got, and that wait for an answer as far as they know. */
export function requestsOf(
  db: Database,
  direction: 'SENT' | 'RECEIVED',
  userId: string,
  after: After,
  limit: number,
): Promise<TieRow[]> {
  const isSent = direction === 'SENT';
  const [me, peer] = isSent
    ? [connections.requesterId, connections.addresseeId]
    : [connections.addresseeId, connections.requesterId];
  const [at, id] = isSent
    ? [connections.shownAt, connections.shownId]
    : [connections.createdAt, connections.id];
  // A rejection is its addressee's secret.
  const waits = isSent
    ? sql`${connections.status} <> 'ACCEPTED' AND (${connections.withdrawnAt} IS NULL OR ${connections.askedAgain})`
    : sql`${connections.status} = 'PENDING'`;
  return db
    .select({
      id: sql<string>`${id}`,
      at: sql<Date>`${at}`.mapWith(follows.createdAt),
      person: personColumns,
    })
    .from(connections)
    .innerJoin(users, eq(users.id, peer))
    .leftJoin(remotes, remoteOf)
    .leftJoin(accounts, accountOf)
    .where(sql`${me} = ${userId}::uuid AND ${waits} AND ${behind(at, id, after)} AND ${findableBy(userId)}`)
    .orderBy(sql`${at}`, sql`${id}`)
    .limit(limit);
}

/** A person's aspects, oldest first. */
export function aspectRows(db: Database, ownerId: string) {
  return db
    .select({ id: aspects.id, name: aspects.name, createdAt: aspects.createdAt })
    .from(aspects)
    .where(eq(aspects.ownerId, ownerId))
    .orderBy(aspects.createdAt, aspects.id);
}

/** Which aspects of the owner's these people are in, and since when. */
export function aspectPlaces(db: Database, ownerId: string, people: readonly string[]) {
  return db
    .select({ userId: aspectUsers.userId, aspectId: aspectUsers.aspectId, addedAt: aspectUsers.addedAt })
    .from(aspectUsers)
    .where(
      sql`${aspectUsers.ownerId} = ${ownerId}::uuid AND ${aspectUsers.userId} = ANY(${keyArray(people)}::uuid[])`,
    )
    .orderBy(aspectUsers.addedAt, aspectUsers.aspectId);
}

/** The categories that somebody follows. */
export function categoryRows(db: Database, userId: string) {
  return db
    .select({ slug: categories.slug, name: categories.name, followedAt: categoryFollows.followedAt })
    .from(categoryFollows)
    .innerJoin(categories, eq(categories.id, categoryFollows.categoryId))
    .where(eq(categoryFollows.userId, userId))
    .orderBy(categoryFollows.followedAt, categories.slug);
}
