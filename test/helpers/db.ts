import { openAsBlob } from 'node:fs';
import { inject, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../src/db/client.ts';
import { createDatabase } from './server.ts';

export interface TestDatabase {
  db: Database;
  kind: 'postgresql' | 'embedded';
  /** The text of every statement sent since the last `statements.length = 0`. */
  statements: string[];
  close: () => Promise<void>;
}

/**
 * A migrated, empty database of the test's own: on the server that `DATABASE_URL` names, else PGlite in memory.
 * @param watch called with every statement and its parameters.
 */
export async function createTestDatabase(
  watch?: (statement: string, parameters: readonly unknown[]) => void,
): Promise<TestDatabase> {
  const server = process.env.DATABASE_URL;
  const statements: string[] = [];
  const onStatement = (statement: string, parameters: readonly unknown[]) => {
    statements.push(statement);
    watch?.(statement, parameters);
  };
  if (!server) {
    const database = await openDatabase({ onStatement, snapshot: await openAsBlob(inject('snapshot')) });
    await database.migrate();
    return { ...database, statements };
  }
  const { url, drop } = await createDatabase(server, inject('template'));
  const database = await openDatabase({ url, onStatement });
  return {
    ...database,
    statements,
    close: async () => {
      await database.close();
      await drop();
    },
  };
}

/**
 * The URL of a database that is gone after the test, empty or a copy of the migrated one; null where tests run
 * on PGlite.
 */
export async function onOwnDatabase(begin: 'migrated' | 'empty' = 'empty'): Promise<string | null> {
  const server = process.env.DATABASE_URL;
  if (!server) return null;
  const { url, drop } = await createDatabase(server, begin === 'migrated' ? inject('template') : null);
  onTestFinished(drop);
  return url;
}
