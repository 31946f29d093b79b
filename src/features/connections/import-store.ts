import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import { blocks } from '../blocks/table.ts';
import { lockPeople } from '../users/store.ts';
import { connections } from './table.ts';

/**
 * Connects somebody with people whom they were connected with elsewhere, save those from whom a block parts them; nobody
 * is told. Whatever there is between two of them already stays. Run it in a transaction.
 * @returns how many connections are new.
 */
export async function connectMany(
  tx: Database,
  userId: string,
  others: readonly string[],
  at: Date,
): Promise<number> {
  if (others.length === 0) return 0;
  // First, so that no block comes between.
  await lockPeople(tx, [userId, ...others]);
  const time = sql`${at.toISOString()}::timestamptz`;
  const made = await tx
    .insert(connections)
    .select(
      sql`SELECT n.id, ${userId}::uuid, n.other, 'ACCEPTED', ${time}, ${time}, ${time}, NULL::timestamptz, n.id, ${time}, NULL::timestamptz, false
      FROM unnest(${keyArray(others.map(() => newId(at)))}::uuid[], ${keyArray(others)}::uuid[]) AS n (id, other)
      WHERE NOT EXISTS (SELECT FROM ${blocks} b WHERE (b.blocker_id, b.blocked_id) IN ((${userId}::uuid, n.other), (n.other, ${userId}::uuid)))`,
    )
    .onConflictDoNothing()
    .returning({ id: connections.id });
  return made.length;
}
