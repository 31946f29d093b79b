import { and, eq, inArray, sql } from 'drizzle-orm';
import type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { type KeyKind, ordered, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { lockOwner } from '../users/store.ts';
import { userStats, users } from '../users/table.ts';
import { visible } from '../users/visible.ts';
import { memberFlags, prideFlags, userFlags } from './table.ts';

const columns = {
  id: prideFlags.id,
  name: prideFlags.name,
  description: prideFlags.description,
  image: prideFlags.image,
  createdAt: prideFlags.createdAt,
};

/** A flag as it is shown. */
export type FlagRow = Pick<typeof prideFlags.$inferSelect, keyof typeof columns>;

const byId = prepared((db) =>
  db
    .select(columns)
    .from(prideFlags)
    .innerJoin(users, eq(users.id, prideFlags.ownerId))
    .where(
      sql`${prideFlags.id} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${visible()}
        AND (${users.id} = ${sql.placeholder('owner')}::uuid
          OR EXISTS (SELECT FROM ${userFlags} WHERE ${userFlags.flagId} = ${prideFlags.id})
          OR EXISTS (SELECT FROM ${memberFlags} WHERE ${memberFlags.flagId} = ${prideFlags.id}))`,
    ),
);

/** The flags with these ids that the viewer may see, in no order: the owner’s own, and those that somebody they can find shows. */
export function flagsById(
  db: Database,
  reader: { viewer: string | null; owner: string | null },
  ids: readonly string[],
): Promise<FlagRow[]> {
  return byId(db, { ...reader, ids: keyArray(ids) });
}

/** A flag and by whom it is shown. */
export interface ShownFlagRow {
  shownBy: string;
  flag: FlagRow;
}

const ofUsers = prepared((db) =>
  db
    .select({ shownBy: userFlags.userId, flag: columns })
    .from(userFlags)
    .innerJoin(prideFlags, eq(prideFlags.id, userFlags.flagId))
    .where(sql`${userFlags.userId} = ANY(${sql.placeholder('ids')}::uuid[])`)
    .orderBy(userFlags.userId, userFlags.position),
);

/** The flags that these people show, each person's in their order. Whether they can be found is not asked again. */
export function flagsOfUsers(db: Database, ids: readonly string[]): Promise<ShownFlagRow[]> {
  return ofUsers(db, { ids: keyArray(ids) });
}

const ofMembers = prepared((db) =>
  db
    .select({ shownBy: memberFlags.memberId, flag: columns })
    .from(memberFlags)
    .innerJoin(prideFlags, eq(prideFlags.id, memberFlags.flagId))
    .where(sql`${memberFlags.memberId} = ANY(${sql.placeholder('ids')}::uuid[])`)
    .orderBy(memberFlags.memberId, memberFlags.position),
);

/** The flags that these members show, each member's in their order. */
export function flagsOfMembers(db: Database, ids: readonly string[]): Promise<ShownFlagRow[]> {
  return ofMembers(db, { ids: keyArray(ids) });
}

/** How a library is ordered. */
export const libraryKeys: readonly KeyKind[] = ['time', 'id'];

const library = (ascending: boolean) =>
  prepared((db) =>
    db
      .select({ flag: columns })
      .from(prideFlags)
      .where(
        sql`${prideFlags.ownerId} = ${sql.placeholder('owner')} AND ${within([prideFlags.createdAt, prideFlags.id], libraryKeys)}`,
      )
      .orderBy(...ordered([prideFlags.createdAt, prideFlags.id], ascending))
      .limit(sql.placeholder('limit')),
  );
const libraryUp = library(true);
const libraryDown = library(false);

/** A page of a person's library, by the time flags came into it. */
export function libraryPage(db: Database, owner: string, window: Window): Promise<{ flag: FlagRow }[]> {
  return (window.ascending ? libraryUp : libraryDown)(db, { owner, ...windowValues(window, libraryKeys) });
}

const librarySize = prepared((db) =>
  db
    .select({ count: userStats.flags })
    .from(userStats)
    .where(eq(userStats.userId, sql.placeholder('owner'))),
);

/** How many flags a person's library has: the stored count. */
export async function libraryCount(db: Database, owner: string): Promise<number> {
  return (await librarySize(db, { owner }))[0]?.count ?? 0;
}

/**
 * Puts a flag into a library.
 * @returns whether its owner is there.
 * @throws user_stats_flags_limit when the library is full.
 */
export function insertFlag(db: Database, flag: typeof prideFlags.$inferInsert): Promise<boolean> {
  return transaction(db, async (tx) => {
    if (!(await lockOwner(tx, flag.ownerId))) return false;
    await tx.insert(prideFlags).values(flag);
    return true;
  });
}

/** Changes what a flag is called or means; what is undefined stays. @returns the flag, or null when the owner has none such. */
export async function updateFlag(
  db: Database,
  owner: string,
  id: string,
  change: { name?: string | undefined; description?: string | null | undefined },
): Promise<FlagRow | null> {
  return transaction(db, async (tx) => {
    const mine = and(eq(prideFlags.id, id), eq(prideFlags.ownerId, owner));
    if (Object.values(change).some((value) => value !== undefined)) {
      await tx.update(prideFlags).set(change).where(mine);
    }
    return (await tx.select(columns).from(prideFlags).where(mine))[0] ?? null;
  });
}

/** Takes a flag out of a library, and from the owner and every member that shows it. @returns whether it was there. */
export function deleteFlag(db: Database, owner: string, id: string): Promise<boolean> {
  return transaction(db, async (tx) => {
    await lockOwner(tx, owner);
    const deleted = await tx
      .delete(prideFlags)
      .where(and(eq(prideFlags.id, id), eq(prideFlags.ownerId, owner)))
      .returning({ id: prideFlags.id });
    return deleted.length > 0;
  });
}

/** Who shows flags. */
const shelves = {
  user: { table: userFlags, key: userFlags.userId, name: 'userId' },
  member: { table: memberFlags, key: memberFlags.memberId, name: 'memberId' },
} as const satisfies Record<string, { table: PgTable; key: PgColumn; name: string }>;

/**
 * Replaces the flags that a person or a member shows. Run it in a transaction that has locked the owner.
 * @returns the places in `flagIds` of those that are not in the owner's library; when there are any, nothing is written.
 */
export async function replaceShownFlags(
  tx: Database,
  owner: string,
  shelf: keyof typeof shelves,
  id: string,
  flagIds: readonly string[],
): Promise<number[]> {
  const known =
    flagIds.length === 0
      ? []
      : await tx
          .select({ id: prideFlags.id })
          .from(prideFlags)
          .where(and(eq(prideFlags.ownerId, owner), inArray(prideFlags.id, [...flagIds])));
  const ids = new Set(known.map((flag) => flag.id));
  const unknown = [...flagIds.keys()].filter((i) => !ids.has(flagIds[i] ?? ''));
  if (unknown.length > 0) return unknown;
  const { table, key, name } = shelves[shelf];
  await tx.delete(table).where(eq(key, id));
  const rows = [...new Set(flagIds)].map((flagId, position) => ({ [name]: id, flagId, position }));
  if (rows.length > 0) await tx.insert(table).values(rows as never);
  return [];
}
