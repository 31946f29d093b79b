// Archives as they are made: one is a process' for as long as it says that it is at it.
import { randomBytes } from 'node:crypto';
import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction, writing } from '../../db/errors.ts';
import { archiveName } from '../media/rules.ts';
import { mediaFiles } from '../media/table.ts';
import { deadBefore, expiryOf, lastExportBefore } from './rules.ts';
import { exports, usedExportLinks } from './table.ts';

/** An archive to make. */
export interface ExportJob {
  id: string;
  userId: string;
  /** As what its file is to be written: nobody else writes that. */
  file: string;
  includesPictures: boolean;
}

const time = (at: Date) => sql`${at.toISOString()}::timestamptz`;

/**
 * Takes the oldest archive that nobody makes, be it that whoever did has ended.
 * @returns null when there is none.
 */
export function claimExport(db: Database, now: Date): Promise<ExportJob | null> {
  const file = archiveName(randomBytes(16).toString('hex'));
  return transaction(db, async (tx) => {
    const [next] = await tx
      .select({ id: exports.id, userId: exports.userId, includesPictures: exports.includesPictures })
      .from(exports)
      .where(
        sql`${exports.state} IN ('QUEUED', 'RUNNING')
          AND (${exports.state} = 'QUEUED' OR ${exports.aliveAt} < ${time(deadBefore(now))})`,
      )
      .orderBy(exports.createdAt)
      .limit(1)
      .for('update', { skipLocked: true });
    if (!next) return null;
    // Written down before there is anything of it.
    await tx.insert(mediaFiles).values({ name: file, state: 'USED', createdAt: now });
    await tx
      .update(exports)
      .set({ state: 'RUNNING', aliveAt: now, file })
      .where(sql`${exports.id} = ${next.id}`);
    return { ...next, file };
  });
}

/** The archive is still this process': neither taken over, nor gone with its owner. */
const mine = ({ id, file }: ExportJob) =>
  sql`${exports.id} = ${id} AND ${exports.state} = 'RUNNING' AND ${exports.file} = ${file}`;

/** Changes an archive that is still this process'. @returns whether it is. */
async function change(
  db: Database,
  job: ExportJob,
  columns: Partial<typeof exports.$inferInsert>,
): Promise<boolean> {
  const changed = await writing(db, (to) =>
    to.update(exports).set(columns).where(mine(job)).returning({ id: exports.id }),
  );
  return changed.length > 0;
}

/** Says that an archive is still being made. @returns whether it is this process' to make. */
export function stayAtExport(db: Database, job: ExportJob, now: Date): Promise<boolean> {
  return change(db, job, { aliveAt: now });
}

/** An archive is there. @returns whether it was this process' to make; else its file is nobody's. */
export function finishExport(db: Database, job: ExportJob, bytes: number, now: Date): Promise<boolean> {
  return change(db, job, { state: 'READY', bytes, finishedAt: now, expiresAt: expiryOf(now) });
}

/** An archive cannot be made. */
export async function failExport(db: Database, job: ExportJob, now: Date): Promise<void> {
  await change(db, job, { state: 'FAILED', finishedAt: now, file: null });
}

/** Gives an archive back that this process has begun, for another to make. */
export async function giveBackExport(db: Database, job: ExportJob): Promise<void> {
  await change(db, job, { state: 'QUEUED', aliveAt: null, file: null });
}

/**
 * Lets go of archives that have expired, of those that nobody has got to make in a day (whoever tried may have ended of
 * it), and of used links that would no longer work.
 */
export async function expireExports(db: Database, now: Date): Promise<void> {
  await writing(db, (to) =>
    to
      .update(exports)
      .set({ state: 'FAILED', finishedAt: now, file: null })
      .where(
        sql`${exports.state} = 'RUNNING' AND ${exports.aliveAt} < ${time(deadBefore(now))}
          AND ${exports.createdAt} < ${time(lastExportBefore(now))}`,
      ),
  );
  await writing(db, (to) =>
    to
      .update(exports)
      .set({ state: 'EXPIRED', file: null })
      .where(sql`${exports.state} = 'READY' AND ${exports.expiresAt} <= ${time(now)}`),
  );
  await writing(db, (to) =>
    to.delete(usedExportLinks).where(sql`${usedExportLinks.expiresAt} <= ${time(now)}`),
  );
}
