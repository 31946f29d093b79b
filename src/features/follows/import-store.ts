import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { rowsOf } from '../../db/rows.ts';
import { blocks } from '../blocks/table.ts';
import { lockPeople } from '../users/store.ts';
import { ensureFollows } from './bulk-store.ts';

/**
 * Follows people, save those from whom a block parts the follower, whoever made it; nobody is told. Run it in a
 * transaction.
 * @returns how many follows are new, and whom no follow is of.
 */
export async function followMany(
  tx: Database,
  follower: string,
  followees: readonly string[],
  at: Date,
): Promise<{ made: number; parted: Set<string> }> {
  if (followees.length === 0) return { made: 0, parted: new Set() };
  // First, so that no block comes between.
  await lockPeople(tx, [follower, ...followees]);
  const ids = keyArray(followees);
  const blocked = await tx.execute(sql`
    SELECT b.blocked_id AS id FROM ${blocks} b WHERE b.blocker_id = ${follower} AND b.blocked_id = ANY(${ids}::uuid[])
    UNION SELECT b.blocker_id FROM ${blocks} b WHERE b.blocked_id = ${follower} AND b.blocker_id = ANY(${ids}::uuid[])`);
  const parted = new Set(rowsOf(blocked, z.object({ id: z.string() })).map(({ id }) => id));
  const made = await ensureFollows(
    tx,
    followees.filter((id) => !parted.has(id)).map((followee) => ({ follower, followee, at })),
  );
  return { made, parted };
}
