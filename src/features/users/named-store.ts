// People by what they are known by elsewhere too.
import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { isStorable } from '../../db/text.ts';
import { accounts } from '../accounts/table.ts';
import { remotes } from '../remotes/table.ts';
import { usernameKey } from './rules.ts';
import { users } from './table.ts';
import { unparted } from './visible.ts';

/** Somebody, as another Kith names them. */
export interface NamedPerson {
  username: string;
  /** Who they are where they live in another system. */
  account: { provider: string; instance: string; externalId: string } | null;
}

/**
 * The ids of these people, in their order: null for who is not here, or is suspended.
 * @param me leaves out those a block stands between, too; null: nobody.
 */
export async function idsOfNamed(
  db: Database,
  me: string | null,
  people: readonly NamedPerson[],
): Promise<(string | null)[]> {
  if (people.length === 0) return [];
  const asked = people.flatMap(({ username, account }, n) => {
    const { provider = null, instance = null, externalId = null } = account ?? {};
    const name = usernameKey(username);
    return [name, provider, instance, externalId].every((text) => text === null || isStorable(text))
      ? [{ n, name, provider, instance, external: externalId }]
      : [];
  });
  const found = await db
    .select({ n: sql<number>`asked.n`, id: users.id })
    .from(
      sql`json_to_recordset(${JSON.stringify(asked)}::text::json)
        AS asked (n int, name text, provider text, instance text, external text)`,
    )
    .leftJoin(
      accounts,
      sql`${accounts.provider} = asked.provider AND ${accounts.instance} = asked.instance
        AND ${accounts.externalId} = asked.external`,
    )
    .leftJoin(remotes, eq(remotes.accountId, accounts.id))
    .innerJoin(
      users,
      sql`CASE WHEN asked.provider IS NULL THEN ${users.usernameKey} = asked.name AND NOT ${users.isRemote}
        ELSE ${users.id} = ${remotes.userId} END`,
    )
    .where(
      sql`${users.status} <> 'SUSPENDED' AND ${me === null ? sql`true` : unparted(sql`${me}::uuid`, users.id)}`,
    );
  const ids = new Map(found.map(({ n, id }) => [n, id]));
  return [...people.keys()].map((n) => ids.get(n) ?? null);
}

/** The account that somebody of this username has here; whether or not others find it. */
export async function accountNamed(
  db: Database,
  username: string,
): Promise<Pick<typeof users.$inferSelect, 'id' | 'username' | 'isRemote' | 'status'> | null> {
  const [found] = await db
    .select({ id: users.id, username: users.username, isRemote: users.isRemote, status: users.status })
    .from(users)
    .where(eq(users.usernameKey, usernameKey(username)));
  return found ?? null;
}
