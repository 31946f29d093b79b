// The only file that knows there are two drivers.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Logger as DrizzleLogger } from 'drizzle-orm';
import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type { Sql } from 'postgres';
import { migrationsFolder, pendingMigrations } from './migrate.ts';
import type { Sessions, SessionsOptions } from './sessions.ts';
import { sharedDatabase, watchedDatabase, watchOf } from './watched.ts';

/** The one type everything else speaks to: postgres.js and PGlite behind it run the same SQL. */
export type Database = PgDatabase<PgQueryResultHKT, Record<string, never>>;

/** What a statement is for, where it is not a quick read: writes may wait for locks, slow ones take long by themselves. */
export type Purpose = 'write' | 'slow';

const pools = new WeakMap<Database, Record<Purpose, Database>>();

/**
 * The same database through connections of their own, so that what waits or takes long does not hold up quick reads.
 * A transaction, and the embedded database with its one connection, are what they are.
 */
export function databaseFor(db: Database, purpose: Purpose): Database {
  const other = pools.get(sharedDatabase(db))?.[purpose];
  if (!other) return db;
  const watch = watchOf(db);
  return watch ? watchedDatabase(other, watch) : other;
}

export interface DatabaseOptions {
  /** `postgres://…`; without it the embedded database is opened. */
  url?: string | undefined;
  /** Folder of the embedded database; without it (and without `url`) it lives in memory and is gone on close. */
  dataDir?: string | undefined;
  /** What an embedded database in memory begins with, as PGlite dumps it; else it is empty. */
  snapshot?: Blob | undefined;
  /** Called with the text of every statement and its parameters, before it is sent. */
  onStatement?: ((sql: string, parameters: readonly unknown[]) => void) | undefined;
  /** Longest a statement may run, in milliseconds; PostgreSQL only, the embedded database has no such limit. */
  statementTimeout?: number | undefined;
}

/** How busy connections are. */
export interface PoolState {
  pool: 'read' | Purpose | 'embedded';
  /** How many connections there may be. */
  size: number;
  /** Statements, and transactions, that are sent or wait for a connection. */
  inFlight: number;
}

export interface OpenDatabase {
  db: Database;
  kind: 'postgresql' | 'embedded';
  /** For people: which database, without credentials. */
  description: string;
  /**
   * Runs the migrations that have not run yet; on PostgreSQL under an advisory lock, so that instances may start together.
   * @returns the names of those that it ran.
   */
  migrate: () => Promise<string[]>;
  pools: () => readonly PoolState[];
  close: () => Promise<void>;
}

/** A folder that another process has open. */
export class DataDirInUseError extends Error {
  override readonly name = 'DataDirInUseError';
  constructor(folder: string) {
    super(
      `DATA_DIR: ${folder} is in use by another Kith process. The embedded database serves one process; ` +
        'stop the other one, choose another DATA_DIR, or set DATABASE_URL to share a PostgreSQL database.',
    );
  }
}

/** How alike two words must be for search: with the default of 0.6, one wrong letter in a short name finds nothing. */
const searchSettings = { 'pg_trgm.word_similarity_threshold': '0.45' };

/**
 * A prepared statement is planned once for all its values, as it is written to be. Otherwise PostgreSQL plans one whose
 * values might make a difference anew each time: for the feed that takes ten times as long as reading it. What such a plan
 * is thought to cost says little of what it does, and nothing that is read here would be worth compiling. For writes it
 * is the statements within functions that count: those that tell people of a follow were planned for each follow.
 */
const planSettings = { plan_cache_mode: 'force_generic_plan', jit: 'off' };

/** How long a connection may take to come about, in seconds. */
const connectTimeout = 3;

/** Any number nobody else uses for an advisory lock in this database: "kith" in ASCII. */
const migrationLock = 0x6b697468;

/**
 * Opens PostgreSQL when `url` is given, else the embedded database.
 * @throws DataDirInUseError when another process has `dataDir` open.
 */
export async function openDatabase(options: DatabaseOptions): Promise<OpenDatabase> {
  const onStatement = options.onStatement;
  const logger: DrizzleLogger | undefined = onStatement && {
    logQuery: (statement, parameters) => onStatement(statement, parameters),
  };
  return options.url ? openPostgres(options.url, logger, options) : openEmbedded(options, logger);
}

async function openPostgres(
  url: string,
  logger: DrizzleLogger | undefined,
  options: DatabaseOptions,
): Promise<OpenDatabase> {
  const { default: postgres } = await import('postgres');
  const { drizzle } = await import('drizzle-orm/postgres-js');
  const { migrate } = await import('drizzle-orm/postgres-js/migrator');
  const sessions = await import('./sessions.ts');
  const quiet = { onnotice: () => {} };
  const { statementTimeout } = options;
  const types = await readTypes(postgres(url, { ...quiet, max: 1, connect_timeout: connectTimeout }));
  const open = (use: Pick<SessionsOptions, 'size' | 'share' | 'isReadOnly'>, settings = {}) => {
    const connect = (onclose: () => void) => {
      const client = postgres(url, {
        ...quiet,
        max: 1,
        max_lifetime: null,
        connect_timeout: connectTimeout,
        // A connection that breaks while the driver asks for types would end the process.
        fetch_types: false,
        onclose,
        connection: {
          application_name: 'kith',
          ...searchSettings,
          ...settings,
          ...(statementTimeout ? { statement_timeout: statementTimeout } : {}),
        },
      });
      Object.assign(client.options.parsers, types.parsers);
      Object.assign(client.options.serializers, types.serializers);
      // Sets up how the client reads and writes dates.
      drizzle(client);
      return client;
    };
    return new sessions.Sessions({ ...use, connect, statementTimeout });
  };
  const reads = open({ size: 3, share: 'pipelined', isReadOnly: true }, planSettings);
  const writes = open({ size: 8, share: 'spread', isReadOnly: false }, planSettings);
  const slow = open({ size: 2, share: 'alone', isReadOnly: true });
  const throughDrizzle = ({ unsafe, options }: Sessions) =>
    // Transactions are for what is written.
    drizzle({ unsafe, options, begin: writes.begin } as unknown as Sql, { logger: logger ?? false });
  const db = throughDrizzle(reads);
  pools.set(db, { write: throughDrizzle(writes), slow: throughDrizzle(slow) });
  const { host, pathname } = new URL(url);
  return {
    db,
    kind: 'postgresql',
    description: `PostgreSQL at ${host}${pathname}`,
    migrate: async () => {
      // A connection of its own: the lock belongs to the session, and a migration may outlast the statement timeout.
      const session = postgres(url, { ...quiet, max: 1, connection: { application_name: 'kith migrate' } });
      try {
        await session`SELECT pg_advisory_lock(${migrationLock})`;
        const pending = await pendingMigrations(drizzle(session));
        await migrate(drizzle(session), { migrationsFolder });
        return pending;
      } finally {
        await session.end();
      }
    },
    pools: () => [
      { pool: 'read', ...reads.state() },
      { pool: 'write', ...writes.state() },
      { pool: 'slow', ...slow.state() },
    ],
    close: async () => {
      await Promise.all([reads, writes, slow].map((sessions) => sessions.close()));
    },
  };
}

/** How values are read and written, lists of each type among them, as this database numbers them. */
async function readTypes(client: Sql): Promise<Pick<Sql['options'], 'parsers' | 'serializers'>> {
  try {
    await client`SELECT 1`;
    const { parsers, serializers } = client.options;
    return { parsers, serializers };
  } finally {
    await client.end();
  }
}

async function openEmbedded(
  { dataDir, snapshot }: DatabaseOptions,
  logger: DrizzleLogger | undefined,
): Promise<OpenDatabase> {
  const { EmbeddedDatabase } = await import('./pglite.ts');
  const { pg_trgm } = await import('@electric-sql/pglite/contrib/pg_trgm');
  const { drizzle } = await import('drizzle-orm/pglite');
  const { migrate } = await import('drizzle-orm/pglite/migrator');
  const unlock = dataDir === undefined ? () => {} : lockFolder(dataDir);
  try {
    const client = await EmbeddedDatabase.open({
      ...(dataDir === undefined ? {} : { dataDir: join(dataDir, 'db') }),
      ...(snapshot ? { loadDataDir: snapshot } : {}),
      extensions: { pg_trgm },
    });
    for (const [name, value] of Object.entries({ ...searchSettings, ...planSettings }))
      await client.query('SELECT set_config($1, $2, false)', [name, value]);
    const db = drizzle(client, { logger: logger ?? false });
    return {
      db,
      kind: 'embedded',
      description: dataDir === undefined ? 'embedded, in memory' : `embedded, in ${dataDir}`,
      migrate: async () => {
        const pending = await pendingMigrations(db);
        await migrate(db, { migrationsFolder });
        return pending;
      },
      pools: () => [{ pool: 'embedded', size: 1, inFlight: client.inFlight }],
      close: async () => {
        await client.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * Takes the folder for this process. PGlite lets a second process open the same files and then loses writes,
 * so a lock is taken first: an exclusive SQLite transaction, which is a lock of the operating system
 * and therefore gone with the process, however it ends.
 * @returns what gives the folder back.
 * @throws DataDirInUseError when another process holds it.
 */
function lockFolder(folder: string): () => void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const lock = new DatabaseSync(join(folder, 'lock'));
  try {
    lock.exec('PRAGMA journal_mode = OFF; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    if (error instanceof Error && 'errcode' in error && error.errcode === 5)
      throw new DataDirInUseError(folder);
    throw error;
  }
  return () => lock.close();
}
