// What operators do to people.
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { writing } from '../../db/errors.ts';
import { usernameKey } from './rules.ts';
import { type badges, type userStatuses, users } from './table.ts';

/** What operators decide of a person. */
export interface Standing {
  username: string;
  status: (typeof userStatuses)[number];
  badges: readonly (typeof badges)[number][];
}

const columns = { username: users.username, status: users.status, badges: users.badges };

/** The person with this username, in whatever case; null when there is none. Nobody is hidden from operators. */
export async function standingOf(db: Database, username: string): Promise<Standing | null> {
  const [row] = await db
    .select(columns)
    .from(users)
    .where(eq(users.usernameKey, usernameKey(username)));
  return row ?? null;
}

/** Closes an account. @returns whether it was open. */
export function suspend(db: Database, username: string): Promise<boolean> {
  const set = { status: 'SUSPENDED' as const, statusBefore: sql`${users.status}` };
  return change(db, set, sql`${isThis(username)} AND ${users.status} <> 'SUSPENDED'`);
}

/** Opens a closed account as it was: one that waited for approval waits again. @returns whether it was closed. */
export function restore(db: Database, username: string): Promise<boolean> {
  const set = { status: sql`coalesce(${users.statusBefore}, 'ACTIVE')`, statusBefore: null };
  return change(db, set, sql`${isThis(username)} AND ${users.status} = 'SUSPENDED'`);
}

/** Lets a new account do what others do. @returns whether it waited for that. */
export function approve(db: Database, username: string): Promise<boolean> {
  return change(db, { status: 'ACTIVE' }, sql`${isThis(username)} AND ${users.status} = 'PENDING'`);
}

/** Gives a person a badge, or takes it. @returns whether that changed anything. */
export function setBadge(
  db: Database,
  username: string,
  badge: Standing['badges'][number],
  given: boolean,
): Promise<boolean> {
  const badges = given
    ? sql`array_append(${users.badges}, ${badge})`
    : sql`array_remove(${users.badges}, ${badge})`;
  const has = sql`${badge} = ANY(${users.badges})`;
  return change(db, { badges }, sql`${isThis(username)} AND ${given ? sql`NOT ${has}` : has}`);
}

const isThis = (username: string) => sql`${users.usernameKey} = ${usernameKey(username)}`;

async function change(
  db: Database,
  set: Parameters<ReturnType<Database['update']>['set']>[0],
  where: ReturnType<typeof sql>,
): Promise<boolean> {
  const changed = await writing(db, (to) =>
    to.update(users).set(set).where(where).returning({ id: users.id }),
  );
  return changed.length > 0;
}
