// Run once, before all tests: a migrated embedded database for each of them to begin with. Making one anew takes five
// times as long as loading it.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/client.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file of the snapshot; null where tests run on PostgreSQL. */
    snapshot: string | null;
  }
}

export default async function makeSnapshot(project: TestProject): Promise<(() => Promise<void>) | undefined> {
  if (process.env.DATABASE_URL) {
    project.provide('snapshot', null);
    return undefined;
  }
  const { db, migrate, close } = await openDatabase({});
  await migrate();
  if (!('$client' in db) || !(db.$client instanceof PGlite)) throw new Error('This is no embedded database.');
  const dump = await db.$client.dumpDataDir('none');
  await close();
  const folder = await mkdtemp(join(tmpdir(), 'kith-snapshot-'));
  const file = join(folder, 'migrated.tar');
  await writeFile(file, new Uint8Array(await dump.arrayBuffer()));
  project.provide('snapshot', file);
  return () => rm(folder, { recursive: true });
}
