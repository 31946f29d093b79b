import { randomUUID } from 'node:crypto';
import postgres from 'postgres';

export interface ServerDatabase {
  name: string;
  url: string;
  drop: () => Promise<void>;
}

/**
 * A database of its own on this server.
 * @param template the name of the database it is a copy of; without it, it is empty.
 */
export async function createDatabase(
  server: string,
  template: string | null = null,
): Promise<ServerDatabase> {
  const name = `kith_test_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  await onServer(
    server,
    `CREATE DATABASE ${name}${template === null ? '' : ` TEMPLATE ${template}`}`,
    // No test is about a server that loses power: commits need not wait for its disk.
    `ALTER DATABASE ${name} SET synchronous_commit = off`,
  );
  return { name, url: url.href, drop: () => onServer(server, `DROP DATABASE ${name} WITH (FORCE)`) };
}

/** Runs statements that cannot run inside the test's own database. */
async function onServer(server: string, ...statements: string[]): Promise<void> {
  const sql = postgres(server, { max: 1, onnotice: () => {} });
  try {
    for (const statement of statements) await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}
