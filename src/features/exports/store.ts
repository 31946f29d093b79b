import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { type KeyKind, ordered, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { lockOwner } from '../users/store.ts';
import { users } from '../users/table.ts';
import type { ExportLink } from './link-rules.ts';
import { lastExportBefore } from './rules.ts';
import { exports, usedExportLinks } from './table.ts';

const columns = {
  id: exports.id,
  state: exports.state,
  createdAt: exports.createdAt,
  finishedAt: exports.finishedAt,
  expiresAt: exports.expiresAt,
  bytes: exports.bytes,
};

/** An archive as its owner sees it. */
export type ExportRow = Pick<typeof exports.$inferSelect, keyof typeof columns>;

const byId = prepared((db) =>
  db
    .select(columns)
    .from(exports)
    .where(
      sql`${exports.id} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${exports.userId} = ${sql.placeholder('owner')}::uuid`,
    ),
);

/** The owner's archives with these ids, in no order. */
export function exportsById(db: Database, owner: string, ids: readonly string[]): Promise<ExportRow[]> {
  return byId(db, { owner, ids: keyArray(ids) });
}

/** How archives are ordered. */
export const exportKeys: readonly KeyKind[] = ['time', 'id'];

const pageOf = (ascending: boolean) =>
  prepared((db) => {
    const order = [exports.createdAt, exports.id];
    return db
      .select({ archive: columns })
      .from(exports)
      .where(sql`${exports.userId} = ${sql.placeholder('owner')}::uuid AND ${within(order, exportKeys)}`)
      .orderBy(...ordered(order, ascending))
      .limit(sql.placeholder('limit'));
  });
const pageUp = pageOf(true);
const pageDown = pageOf(false);

/** A page of somebody's archives, by when they were asked for. */
export function exportsPage(db: Database, owner: string, window: Window): Promise<{ archive: ExportRow }[]> {
  return (window.ascending ? pageUp : pageDown)(db, { owner, ...windowValues(window, exportKeys) });
}

const countOf = prepared((db) =>
  db
    .select({ count: sql<number>`count(*)::int` })
    .from(exports)
    .where(eq(exports.userId, sql.placeholder('owner'))),
);

/** How many archives somebody has asked for. Counts them. */
export async function exportsCount(db: Database, owner: string): Promise<number> {
  return (await countOf(db, { owner }))[0]?.count ?? 0;
}

/**
 * Asks for an archive, which is decided under the person's lock: one at a time.
 * @returns when the last one was asked for, where that is too recent; `gone` when the person is no longer there.
 */
export function insertExport(
  db: Database,
  archive: Pick<typeof exports.$inferInsert, 'id' | 'userId' | 'createdAt' | 'includesPictures'>,
): Promise<'done' | 'gone' | Date> {
  return transaction(db, async (tx) => {
    if (!(await lockOwner(tx, archive.userId))) return 'gone';
    const [last] = await tx
      .select({ createdAt: exports.createdAt })
      .from(exports)
      .where(
        sql`${exports.userId} = ${archive.userId} AND ${exports.state} <> 'FAILED'
          AND ${exports.createdAt} > ${lastExportBefore(archive.createdAt).toISOString()}::timestamptz`,
      )
      .orderBy(sql`${exports.createdAt} DESC`)
      .limit(1);
    if (last) return last.createdAt;
    await tx.insert(exports).values({ ...archive, state: 'QUEUED' });
    return 'done';
  });
}

/**
 * Takes a link, which is then used: whoever comes second with it gets nothing.
 * @returns the name of the archive that it leads to; null where it has been used, or there is no such archive any more.
 */
export function takeLink(
  db: Database,
  { exportId, nonce, expiresAt }: ExportLink,
  now: Date,
): Promise<string | null> {
  return transaction(db, async (tx) => {
    const [found] = await tx
      .select({ file: exports.file })
      .from(exports)
      .innerJoin(users, eq(users.id, exports.userId))
      .where(
        sql`${exports.id} = ${exportId} AND ${exports.state} = 'READY' AND ${users.status} <> 'SUSPENDED'
          AND ${exports.expiresAt} > ${now.toISOString()}::timestamptz`,
      );
    if (!found?.file) return null;
    const used = await tx
      .insert(usedExportLinks)
      .values({ nonce, expiresAt })
      .onConflictDoNothing()
      .returning({ nonce: usedExportLinks.nonce });
    return used.length > 0 ? found.file : null;
  });
}
