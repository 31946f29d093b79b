// Run once, before all tests: a migrated database for each of them to begin with. Making one anew takes five times as
// long as loading an embedded one, and three times as long as copying one of PostgreSQL's.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { TestProject } from 'vitest/node';
import { openDatabase } from '../../src/db/client.ts';
import { createDatabase, type ServerDatabase } from './server.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** The file of the embedded database: a tar archive of its folder. */
    snapshot: string;
    /** The name of the database on the server that tests copy; null where they run on PGlite. */
    template: string | null;
  }
}

export default async function makeSnapshots(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'kith-snapshot-'));
  const [file, template] = await Promise.all([makeEmbedded(folder), makeTemplate()]);
  project.provide('snapshot', file);
  project.provide('template', template?.name ?? null);
  return async () => {
    await rm(folder, { recursive: true });
    await template?.drop();
  };
}

async function makeEmbedded(folder: string): Promise<string> {
  const { db, migrate, close } = await openDatabase({});
  await migrate();
  if (!('$client' in db) || !(db.$client instanceof PGlite)) throw new Error('This is no embedded database.');
  const dump = await db.$client.dumpDataDir('none');
  await close();
  const file = join(folder, 'migrated.tar');
  await writeFile(file, new Uint8Array(await dump.arrayBuffer()));
  return file;
}

async function makeTemplate(): Promise<ServerDatabase | null> {
  const server = process.env.DATABASE_URL;
  if (!server) return null;
  const template = await createDatabase(server);
  const { migrate, close } = await openDatabase({ url: template.url });
  await migrate();
  await close();
  return template;
}
