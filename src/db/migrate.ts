// What of the migrations a database has not seen yet.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from './client.ts';
import { rowsOf } from './rows.ts';

export const migrationsFolder = fileURLToPath(new URL('./migrations', import.meta.url));

const journalShape = z.object({ entries: z.array(z.object({ when: z.number(), tag: z.string() })) });

/** The names of the migrations that have not run on this database, in their order: those after the last that has. */
export async function pendingMigrations(db: Database): Promise<string[]> {
  const journal = JSON.parse(readFileSync(`${migrationsFolder}/meta/_journal.json`, 'utf8'));
  const last = (await wasMigrated(db)) ? await lastRun(db) : 0;
  return journalShape.parse(journal).entries.flatMap(({ when, tag }) => (when > last ? [tag] : []));
}

/** Whether the migrator has made its own table. */
async function wasMigrated(db: Database): Promise<boolean> {
  const answer = await db.execute(
    sql`SELECT to_regclass('drizzle.__drizzle_migrations') IS NOT NULL AS there`,
  );
  return rowsOf(answer, z.object({ there: z.boolean() }))[0]?.there ?? false;
}

/** When the newest migration that has run was made, as the journal says it. */
async function lastRun(db: Database): Promise<number> {
  const answer = await db.execute(
    sql`SELECT coalesce(max(created_at), 0)::float8 AS last FROM drizzle.__drizzle_migrations`,
  );
  return rowsOf(answer, z.object({ last: z.number() }))[0]?.last ?? 0;
}
