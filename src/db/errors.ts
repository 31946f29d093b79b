import { DrizzleQueryError } from 'drizzle-orm';
import { type Database, databaseFor } from './client.ts';

/** SQLSTATE and constraint of a failed statement, whichever driver it came through; null for other errors. */
export function databaseError(error: unknown): { code: string; constraint: string | null } | null {
  for (let e: unknown = error; e instanceof Error; e = e.cause) {
    if ('code' in e && typeof e.code === 'string' && /^[0-9A-Z]{5}$/.test(e.code)) {
      return { code: e.code, constraint: constraintOf(e) };
    }
  }
  return null;
}

/**
 * A failed statement's error without the statement and its values, which Drizzle puts into the message and drivers into
 * properties: fit for a log. Other errors are what they are.
 */
export function withoutStatement(error: unknown): unknown {
  const failed = databaseError(error);
  if (!failed && !(error instanceof DrizzleQueryError)) return error;
  const cause = error instanceof DrizzleQueryError ? error.cause : error;
  const clean = new Error(cause instanceof Error ? cause.message : 'A statement failed.');
  if (cause instanceof Error && cause.stack) clean.stack = cause.stack;
  return Object.assign(clean, failed);
}

/** The constraint a failed statement broke, or null: the name that store code compares with. */
export function brokenConstraint(error: unknown): string | null {
  return databaseError(error)?.constraint ?? null;
}

function constraintOf(e: Error): string | null {
  // postgres.js says constraint_name, PGlite constraint.
  if ('constraint_name' in e && typeof e.constraint_name === 'string') return e.constraint_name;
  if ('constraint' in e && typeof e.constraint === 'string') return e.constraint;
  return null;
}

const transient = new Set(['40001', '40P01']);
const maxAttempts = 10;

/**
 * Runs a write again when the database gave it up for another's sake (deadlock, serialization failure),
 * so that neither ever reaches a client.
 * @param write must be safe to run from the start again: one statement or one transaction.
 */
export async function retrying<T>(write: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await write();
    } catch (error) {
      const code = databaseError(error)?.code;
      if (!code || !transient.has(code) || attempt === maxAttempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * attempt));
    }
  }
}

/** A write of one statement, on a connection for writes, that is retried as `retrying` says. */
export function writing<T>(db: Database, run: (db: Database) => Promise<T>): Promise<T> {
  return retrying(() => run(databaseFor(db, 'write')));
}

/** A transaction that is retried as `retrying` says. Inside, use only `tx`. */
export function transaction<T>(db: Database, run: (tx: Database) => Promise<T>): Promise<T> {
  return retrying(() => db.transaction((tx) => run(tx as unknown as Database)));
}
