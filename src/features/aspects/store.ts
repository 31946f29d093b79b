import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction, writing } from '../../db/errors.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { ensureFollows, followed } from '../follows/bulk-store.ts';
import { tell } from '../notifications/act-store.ts';
import { peerPages } from '../users/peer-store.ts';
import { lockOwner } from '../users/store.ts';
import { users } from '../users/table.ts';
import { visible } from '../users/visible.ts';
import { maxAspects } from './rules.ts';
import { aspects, aspectUsers } from './table.ts';

const columns = { id: aspects.id, name: aspects.name };

/** An aspect, to its owner. */
export type AspectRow = Pick<typeof aspects.$inferSelect, keyof typeof columns>;

const owner = sql`${sql.placeholder('owner')}::uuid`;

const byId = prepared((db) =>
  db
    .select(columns)
    .from(aspects)
    .where(sql`${aspects.id} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${aspects.ownerId} = ${owner}`),
);

/** The owner's aspects with these ids, in no order. */
export function aspectsById(db: Database, ownerId: string, ids: readonly string[]): Promise<AspectRow[]> {
  return byId(db, { owner: ownerId, ids: keyArray(ids) });
}

const ofOwner = prepared((db) =>
  db
    .select(columns)
    .from(aspects)
    .where(eq(aspects.ownerId, sql.placeholder('owner')))
    .orderBy(aspects.createdAt, aspects.id),
);

/** A person's aspects, oldest first. */
export function aspectsOf(db: Database, ownerId: string): Promise<AspectRow[]> {
  return ofOwner(db, { owner: ownerId });
}

const ofUsers = prepared((db) =>
  db
    .select({ userId: aspectUsers.userId, aspect: columns })
    .from(aspectUsers)
    .innerJoin(aspects, eq(aspects.id, aspectUsers.aspectId))
    .where(
      sql`${aspectUsers.ownerId} = ${owner} AND ${aspectUsers.userId} = ANY(${sql.placeholder('ids')}::uuid[])`,
    )
    .orderBy(aspectUsers.userId, aspects.createdAt, aspects.id),
);

/** Those of the owner's aspects that these people are in, each person's oldest first. */
export function aspectsOfUsers(
  db: Database,
  ownerId: string,
  ids: readonly string[],
): Promise<{ userId: string; aspect: AspectRow }[]> {
  return ofUsers(db, { owner: ownerId, ids: keyArray(ids) });
}

/** Pages of who is in each aspect, last added first. */
export const aspectUserPages = peerPages({
  table: aspectUsers,
  parent: aspectUsers.aspectId,
  peer: aspectUsers.userId,
  at: aspectUsers.addedAt,
});

const countOf = prepared((db) =>
  db
    .select({ parentId: aspectUsers.aspectId, count: sql<number>`count(*)::int` })
    .from(aspectUsers)
    .innerJoin(users, eq(users.id, aspectUsers.userId))
    .where(sql`${aspectUsers.aspectId} = ANY(${sql.placeholder('parents')}::uuid[]) AND ${visible()}`)
    .groupBy(aspectUsers.aspectId),
);

/** How many people are in each aspect, without whom the viewer cannot find. Counts them. */
export function aspectUsersCount(
  db: Database,
  viewer: string | null,
  parents: readonly string[],
): Promise<{ parentId: string; count: number }[]> {
  return countOf(db, { viewer, parents: keyArray(parents) });
}

/**
 * Creates an aspect.
 * @returns `full` when its owner has as many as there may be, `gone` when the owner is no longer there.
 * @throws aspects_name_unique when another one has the name.
 */
export function insertAspect(
  db: Database,
  aspect: typeof aspects.$inferInsert,
): Promise<'done' | 'full' | 'gone'> {
  return transaction(db, async (tx) => {
    if (!(await lockOwner(tx, aspect.ownerId))) return 'gone';
    if ((await tx.$count(aspects, eq(aspects.ownerId, aspect.ownerId))) >= maxAspects) return 'full';
    await tx.insert(aspects).values(aspect);
    return 'done';
  });
}

const mine = (ownerId: string, id: string) => and(eq(aspects.id, id), eq(aspects.ownerId, ownerId));

/**
 * Renames an aspect.
 * @returns whether the owner has it.
 * @throws aspects_name_unique when another one has the name.
 */
export async function renameAspect(
  db: Database,
  ownerId: string,
  id: string,
  name: { name: string; nameKey: string },
): Promise<boolean> {
  const renamed = await writing(db, (to) =>
    to.update(aspects).set(name).where(mine(ownerId, id)).returning({ id: aspects.id }),
  );
  return renamed.length > 0;
}

/** Deletes an aspect; follows stay. @returns whether the owner had it. */
export async function deleteAspect(db: Database, ownerId: string, id: string): Promise<boolean> {
  const deleted = await writing(db, (to) =>
    to.delete(aspects).where(mine(ownerId, id)).returning({ id: aspects.id }),
  );
  return deleted.length > 0;
}

/**
 * Puts somebody into an aspect, and follows them if need be, of which they are told.
 * @returns whether the owner has the aspect.
 * @throws follows_no_block when one of the two has blocked the other; follows_followee_id_users_id_fk when they are gone.
 */
export function addToAspect(
  db: Database,
  ownerId: string,
  aspectId: string,
  userId: string,
  at: Date,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    const [aspect] = await tx.select(columns).from(aspects).where(mine(ownerId, aspectId)).for('key share');
    if (!aspect) return false;
    const isNew = (await ensureFollows(tx, [{ follower: ownerId, followee: userId, at }])) > 0;
    await tx.insert(aspectUsers).values({ aspectId, ownerId, userId, addedAt: at }).onConflictDoNothing();
    if (isNew) await tell(tx, followed(ownerId, userId, at), [userId]);
    return true;
  });
}

/** Puts people whom the owner follows into aspects of theirs; who is in already stays. Run it in a transaction. */
export async function placeInAspects(
  tx: Database,
  places: readonly (typeof aspectUsers.$inferInsert)[],
): Promise<void> {
  if (places.length > 0)
    await tx
      .insert(aspectUsers)
      .values([...places])
      .onConflictDoNothing();
}

/** The id of the owner's aspect of this name; null where there is none. */
export async function aspectNamed(db: Database, ownerId: string, nameKey: string): Promise<string | null> {
  const named = and(eq(aspects.ownerId, ownerId), eq(aspects.nameKey, nameKey));
  return (await db.select({ id: aspects.id }).from(aspects).where(named))[0]?.id ?? null;
}

/** Takes somebody out of an aspect; they stay followed. */
export async function removeFromAspect(
  db: Database,
  ownerId: string,
  aspectId: string,
  userId: string,
): Promise<void> {
  await writing(db, (to) =>
    to
      .delete(aspectUsers)
      .where(
        and(
          eq(aspectUsers.aspectId, aspectId),
          eq(aspectUsers.ownerId, ownerId),
          eq(aspectUsers.userId, userId),
        ),
      ),
  );
}
