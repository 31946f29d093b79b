import { sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { blocks, hides } from '../blocks/table.ts';
import { follows } from '../follows/table.ts';
import { users } from '../users/table.ts';

/** How the viewer and one other person stand to each other, as far as the viewer may know. */
export interface RelationshipRow {
  /** The other person. */
  userId: string;
  follows: boolean;
  followedBy: boolean;
  blocks: boolean;
  hides: boolean;
}

type Flag = Exclude<keyof RelationshipRow, 'userId'>;

const ties = prepared((db) => {
  const viewer = sql`${sql.placeholder('viewer')}::uuid`;
  const ids = sql`ANY(${sql.placeholder('ids')}::uuid[])`;
  const tie = (name: Flag) => sql<Flag>`${sql.raw(`'${name}'`)}::text`.as('tie');
  return unionAll(
    db
      .select({ id: sql<string>`${follows.followeeId}`.as('id'), tie: tie('follows') })
      .from(follows)
      .where(sql`${follows.followerId} = ${viewer} AND ${follows.followeeId} = ${ids}`),
    db
      .select({ id: sql<string>`${follows.followerId}`.as('id'), tie: tie('followedBy') })
      .from(follows)
      .where(sql`${follows.followeeId} = ${viewer} AND ${follows.followerId} = ${ids}`),
    db
      .select({ id: sql<string>`${blocks.blockedId}`.as('id'), tie: tie('blocks') })
      .from(blocks)
      .where(sql`${blocks.blockerId} = ${viewer} AND ${blocks.blockedId} = ${ids}`),
    db
      .select({ id: sql<string>`${hides.hiddenId}`.as('id'), tie: tie('hides') })
      .from(hides)
      .where(sql`${hides.hiderId} = ${viewer} AND ${hides.hiddenId} = ${ids}`),
  );
});

/** How the viewer stands to each of these people, in their order. One statement. */
export async function relationshipsOf(
  db: Database,
  viewer: string,
  ids: readonly string[],
): Promise<RelationshipRow[]> {
  const rows = new Map<string, RelationshipRow>();
  const found = await ties(db, { viewer, ids: keyArray(ids) });
  const rowOf = (id: string): RelationshipRow => {
    let row = rows.get(id);
    if (!row) {
      row = { userId: id, follows: false, followedBy: false, blocks: false, hides: false };
      rows.set(id, row);
    }
    return row;
  };
  for (const { id, tie } of found) rowOf(id)[tie] = true;
  return ids.map(rowOf);
}

/** What stands between the viewer and somebody they want to do something with. */
export interface Standing {
  suspended: boolean;
  blocks: boolean;
  blockedBy: boolean;
}

const standingOf = prepared((db) => {
  const viewer = sql`${sql.placeholder('viewer')}::uuid`;
  return db
    .select({
      id: users.id,
      suspended: sql<boolean>`${users.status} = 'SUSPENDED'`,
      blocks: sql<boolean>`EXISTS (SELECT FROM ${blocks} WHERE ${blocks.blockerId} = ${viewer} AND ${blocks.blockedId} = ${users.id})`,
      blockedBy: sql<boolean>`EXISTS (SELECT FROM ${blocks} WHERE ${blocks.blockedId} = ${viewer} AND ${blocks.blockerId} = ${users.id})`,
    })
    .from(users)
    .where(sql`${users.id} = ANY(${sql.placeholder('ids')}::uuid[])`);
});

/** What stands between the viewer and each of these people, by their ids, without those who are not there. One statement. */
export async function standings(
  db: Database,
  viewer: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const rows = await standingOf(db, { viewer, ids: keyArray(ids) });
  return new Map(rows.map((row) => [row.id, row]));
}

/** The same for one; null when there is no such person. */
export async function standing(db: Database, viewer: string, id: string): Promise<Standing | null> {
  return (await standings(db, viewer, [id])).get(id) ?? null;
}

/** Why the viewer can do nothing with somebody: domain rule 4. Who has blocked the viewer is not found. */
export type Obstacle = 'NOT_FOUND' | 'SELF' | 'BLOCKED';

/**
 * Why the viewer can do nothing with each of these people, at their places; null where nothing stands between. One
 * statement.
 * @param ids null for what is no person's id.
 */
export async function obstaclesTo(
  db: Database,
  viewer: string,
  ids: readonly (string | null)[],
): Promise<(Obstacle | null)[]> {
  const others = ids.filter((id) => id !== null).filter((id) => id !== viewer);
  const found = others.length > 0 ? await standings(db, viewer, others) : new Map<string, Standing>();
  return ids.map((id) => {
    if (id === viewer) return 'SELF';
    const between = id === null ? undefined : found.get(id);
    if (!between || between.suspended || between.blockedBy) return 'NOT_FOUND';
    return between.blocks ? 'BLOCKED' : null;
  });
}
