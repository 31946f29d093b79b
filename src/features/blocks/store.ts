import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction, writing } from '../../db/errors.ts';
import { type KeyKind, ordered, type Window, windowValues, within } from '../../db/keyset.ts';
import { prepared } from '../../db/prepared.ts';
import { actLocked } from '../connections/act-store.ts';
import { follows } from '../follows/table.ts';
import { forgetActs, lockInboxes } from '../notifications/act-store.ts';
import { endInvites } from '../rooms/act-store.ts';
import { cardColumns, type UserRow } from '../users/card.ts';
import { lockPeople } from '../users/store.ts';
import { userStats, users } from '../users/table.ts';
import { visible } from '../users/visible.ts';
import { blocks, hides } from './table.ts';

/**
 * Blocks somebody and, in the same transaction, ends follows both ways with their counters, and the connection or any
 * request, and invitations to rooms, and takes each out of what the other was told.
 * @returns `already` when they were blocked already, `gone` when one of the two is no longer there.
 */
export function insertBlock(
  db: Database,
  blockerId: string,
  blockedId: string,
  at: Date,
): Promise<'new' | 'already' | 'gone'> {
  return transaction(db, async (tx) => {
    const both = [blockerId, blockedId];
    // As every writer of follows locks them: see the trigger follows_no_block.
    if ((await lockPeople(tx, both)).length < both.length) return 'gone';
    const inserted = await tx
      .insert(blocks)
      .values({ blockerId, blockedId, createdAt: at })
      .onConflictDoNothing()
      .returning({ id: blocks.blockedId });
    if (inserted.length === 0) return 'already';
    const ended = tx
      .$with('ended')
      .as(
        tx
          .delete(follows)
          .where(
            sql`(${follows.followerId}, ${follows.followeeId}) IN ((${blockerId}, ${blockedId}), (${blockedId}, ${blockerId}))`,
          )
          .returning(),
      );
    await tx
      .with(ended)
      .update(userStats)
      .set({
        following: sql`${userStats.following} - (SELECT count(*) FROM ${ended} WHERE ${ended.followerId} = ${userStats.userId})`,
        followers: sql`${userStats.followers} - (SELECT count(*) FROM ${ended} WHERE ${ended.followeeId} = ${userStats.userId})`,
      })
      .where(sql`${userStats.userId} IN ${both}`);
    await endInvites(tx, blockerId, blockedId);
    await lockInboxes(tx, both);
    await actLocked(tx, 'end', blockerId, blockedId, at);
    await forgetActs(tx, [
      [blockerId, blockedId],
      [blockedId, blockerId],
    ]);
    return 'new';
  });
}

/** Takes a block back. @returns whether there was one. */
export async function deleteBlock(db: Database, blockerId: string, blockedId: string): Promise<boolean> {
  const deleted = await writing(db, (to) =>
    to
      .delete(blocks)
      .where(and(eq(blocks.blockerId, blockerId), eq(blocks.blockedId, blockedId)))
      .returning({ id: blocks.blockedId }),
  );
  return deleted.length > 0;
}

/**
 * Hides somebody from the viewer's lists, and takes them out of what the viewer was told; hiding them already changes
 * nothing.
 * @returns whether they were not hidden yet.
 * @throws hides_hider_id_users_id_fk or hides_hidden_id_users_id_fk when one of the two is gone.
 */
export function insertHide(db: Database, hiderId: string, hiddenId: string, at: Date): Promise<boolean> {
  return transaction(db, async (tx) => {
    const inserted = await tx
      .insert(hides)
      .values({ hiderId, hiddenId, createdAt: at })
      .onConflictDoNothing()
      .returning({ id: hides.hiddenId });
    await forgetActs(tx, [[hiddenId, hiderId]]);
    return inserted.length > 0;
  });
}

/** Shows somebody in the viewer's lists again. */
export async function deleteHide(db: Database, hiderId: string, hiddenId: string): Promise<void> {
  await writing(db, (to) =>
    to.delete(hides).where(and(eq(hides.hiderId, hiderId), eq(hides.hiddenId, hiddenId))),
  );
}

/** Somebody the viewer has blocked or hidden, and since when. */
export interface TurnedFrom {
  user: UserRow;
  at: Date;
}

/** How both lists are ordered. */
export const turnedFromKeys: readonly KeyKind[] = ['time', 'id'];

/**
 * Blocked people: found by whoever blocked them here and nowhere else, so the usual predicate does not apply. Even one
 * who has blocked the viewer stays: leaving them out would tell.
 */
const lists = {
  blocked: {
    table: blocks,
    owner: blocks.blockerId,
    peer: blocks.blockedId,
    seen: sql`${users.status} <> 'SUSPENDED'`,
  },
  hidden: { table: hides, owner: hides.hiderId, peer: hides.hiddenId, seen: visible() },
};

const pageOf = (list: keyof typeof lists, ascending: boolean) =>
  prepared((db) => {
    const { table, owner, peer, seen } = lists[list];
    const columns = [table.createdAt, peer];
    return db
      .select({ user: cardColumns, at: sql<Date>`${table.createdAt}`.mapWith(table.createdAt) })
      .from(table)
      .innerJoin(users, eq(users.id, peer))
      .where(
        sql`${owner} = ${sql.placeholder('viewer')}::uuid AND ${within(columns, turnedFromKeys)} AND ${seen}`,
      )
      .orderBy(...ordered(columns, ascending))
      .limit(sql.placeholder('limit'));
  });
const pages = {
  blocked: { up: pageOf('blocked', true), down: pageOf('blocked', false) },
  hidden: { up: pageOf('hidden', true), down: pageOf('hidden', false) },
};

/** A page of those whom the viewer has blocked, or hidden. */
export async function turnedFromPage(
  db: Database,
  viewer: string,
  list: keyof typeof lists,
  window: Window,
): Promise<TurnedFrom[]> {
  const statement = pages[list][window.ascending ? 'up' : 'down'];
  const rows = await statement(db, { viewer, ...windowValues(window, turnedFromKeys) });
  return list === 'blocked'
    ? rows.map(({ user, at }) => ({ user: { ...user, restricted: true }, at }))
    : rows;
}

const countOf = (list: keyof typeof lists) =>
  prepared((db) => {
    const { table, owner, peer, seen } = lists[list];
    return db
      .select({ count: sql<number>`count(*)::int` })
      .from(table)
      .innerJoin(users, eq(users.id, peer))
      .where(sql`${owner} = ${sql.placeholder('viewer')}::uuid AND ${seen}`);
  });
const counts = { blocked: countOf('blocked'), hidden: countOf('hidden') };

/** How many people the viewer has blocked, or hidden. Counts them. */
export async function turnedFromCount(
  db: Database,
  viewer: string,
  list: keyof typeof lists,
): Promise<number> {
  return (await counts[list](db, { viewer }))[0]?.count ?? 0;
}

const blockedUser = prepared((db) =>
  db
    .select(cardColumns)
    .from(users)
    .innerJoin(blocks, eq(blocks.blockedId, users.id))
    .where(
      sql`${blocks.blockerId} = ${sql.placeholder('viewer')}::uuid AND ${users.id} = ${sql.placeholder('id')}::uuid AND ${users.status} <> 'SUSPENDED'`,
    ),
);

/** Somebody whom the viewer has blocked: the card and nothing that leads on. */
export async function blockedUserOf(db: Database, viewer: string, id: string): Promise<UserRow | null> {
  const user = (await blockedUser(db, { viewer, id }))[0];
  return user ? { ...user, restricted: true } : null;
}
