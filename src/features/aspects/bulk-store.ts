import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { newId } from '../../db/uuid.ts';
import { claimOrigins, type OriginPlace } from '../remotes/origin-store.ts';
import { aspectKey, maxAspects } from './rules.ts';
import { aspects, aspectUsers } from './table.ts';

/** An aspect as it was elsewhere. */
export interface NewAspect {
  name: string;
  externalId: string;
}

/**
 * Makes those of these aspects that the owner has none of the name of, as many as there may be; one that was deleted here
 * since it came does not come again. Run it in a transaction that has locked the owner.
 * @returns all that the owner has, by the keys of their names, and the names of those that are new.
 */
export async function ensureAspects(
  tx: Database,
  ownerId: string,
  place: OriginPlace,
  all: readonly NewAspect[],
  at: Date,
): Promise<{ ids: Map<string, string>; made: string[]; isFull: boolean }> {
  const there = await tx
    .select({ id: aspects.id, key: aspects.nameKey })
    .from(aspects)
    .where(eq(aspects.ownerId, ownerId));
  const ids = new Map(there.map(({ id, key }) => [key, id]));
  // Of those that differ in case alone, the first.
  const seen = new Set(ids.keys());
  const missing = all
    .map((aspect) => [aspectKey(aspect.name), aspect] as const)
    .filter(([key]) => !seen.has(key) && seen.add(key))
    // In the order that they came in.
    .map(([key, aspect], i) => ({ ...aspect, key, id: newId(at), createdAt: new Date(at.getTime() + i) }));
  const fitting = missing.slice(0, Math.max(0, maxAspects - ids.size));
  const fresh = await claimOrigins(
    tx,
    place,
    fitting.map(({ externalId, id }) => ({ externalId, id, ownerId })),
  );
  const rows = fitting.filter(({ externalId }) => fresh.has(externalId));
  if (rows.length > 0) {
    await tx
      .insert(aspects)
      .values(rows.map(({ id, name, key, createdAt }) => ({ id, ownerId, name, nameKey: key, createdAt })));
  }
  for (const { key, id } of rows) ids.set(key, id);
  return { ids, made: rows.map(({ name }) => name), isFull: fitting.length < missing.length };
}

/** Puts people whom the owner follows into the owner's aspects; run it in a transaction. @returns how many were new. */
export async function ensureAspectUsers(
  tx: Database,
  ownerId: string,
  all: readonly { aspectId: string; userId: string }[],
  at: Date,
): Promise<number> {
  if (all.length === 0) return 0;
  const made = await tx
    .insert(aspectUsers)
    .select(
      tx
        .select({
          aspectId: sql<string>`n."aspectId"`.as('aspect_id'),
          ownerId: sql<string>`${ownerId}::uuid`.as('owner_id'),
          userId: sql<string>`n."userId"`.as('user_id'),
          addedAt: sql<Date>`${at.toISOString()}::timestamptz`.as('added_at'),
        })
        .from(
          sql`json_to_recordset(${JSON.stringify(all)}::text::json) AS n ("aspectId" uuid, "userId" uuid)`,
        ),
    )
    .onConflictDoNothing()
    .returning({ id: aspectUsers.userId });
  return made.length;
}
