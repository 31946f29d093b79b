import { randomUUID } from 'node:crypto';
import { openAsBlob } from 'node:fs';
import postgres from 'postgres';
import { inject, onTestFinished } from 'vitest';
import { type Database, openDatabase } from '../../src/db/client.ts';

export interface TestDatabase {
  db: Database;
  kind: 'postgresql' | 'embedded';
  /** The text of every statement sent since the last `statements.length = 0`. */
  statements: string[];
  close: () => Promise<void>;
}

/** A migrated, empty database of the test's own: on the server that `DATABASE_URL` names, else PGlite in memory. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.DATABASE_URL;
  const statements: string[] = [];
  const onStatement = (statement: string) => void statements.push(statement);
  if (!server) {
    const snapshot = inject('snapshot');
    const database = await openDatabase({
      onStatement,
      snapshot: snapshot === null ? undefined : await openAsBlob(snapshot),
    });
    await database.migrate();
    return { ...database, statements };
  }
  const { url, drop } = await createDatabase(server);
  const database = await openDatabase({ url, onStatement });
  await database.migrate();
  return {
    ...database,
    statements,
    close: async () => {
      await database.close();
      await drop();
    },
  };
}

/** The URL of an empty database that is gone after the test; null where tests run on PGlite. */
export async function onOwnDatabase(): Promise<string | null> {
  const server = process.env.DATABASE_URL;
  if (!server) return null;
  const { url, drop } = await createDatabase(server);
  onTestFinished(drop);
  return url;
}

async function createDatabase(server: string): Promise<{ url: string; drop: () => Promise<void> }> {
  const name = `kith_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(server, `CREATE DATABASE ${name}`);
  return { url: url.href, drop: () => onServer(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Runs a statement that cannot run inside the test's own database. */
async function onServer(server: string, statement: string): Promise<void> {
  const sql = postgres(server, { max: 1, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
