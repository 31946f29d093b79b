import { getTableColumns, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { newId } from '../../db/uuid.ts';
import { accounts } from '../accounts/table.ts';
import { identityText, randomSid } from './account-store.ts';
import { searchText, usernameKey } from './rules.ts';
import { claims, users } from './table.ts';

/** Somebody to create: what is not given is as in a new account. */
export type NewPerson = Partial<typeof users.$inferInsert> & { username: string; createdAt: Date };

/**
 * Creates those of these people whose usernames are not there yet, each with an identity whose subject is their
 * username in lower case. Run it in a transaction.
 * @param issuer of the identities; "" for tokens without one.
 * @returns the ids of all of them, new or not, by username in lower case.
 */
export async function ensurePeople(
  tx: Database,
  issuer: string,
  people: readonly NewPerson[],
): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  const keys = keyArray(people.map(({ username }) => usernameKey(username)));
  // More than one round only where somebody else made one of them, or two random sids fell together.
  for (let missing = people; missing.length > 0; ) {
    const found = await tx
      .select({ id: users.id, key: users.usernameKey })
      .from(users)
      .where(sql`${users.usernameKey} = ANY(${keys}::text[])`);
    for (const { id, key } of found) ids.set(key, id);
    missing = missing.filter(({ username }) => !ids.has(usernameKey(username)));
    const created = await insertPeople(tx, missing);
    if (created.length > 0) await insertIdentities(tx, issuer, created);
    for (const { id, key } of created) ids.set(key, id);
    missing = missing.filter(({ username }) => !ids.has(usernameKey(username)));
  }
  return ids;
}

type Row = typeof users.$inferInsert;
/** Somebody just created; key is their username in lower case. */
export type Created = { id: string; key: string; createdAt: Date };

/**
 * Creates those of these people whose usernames nobody has yet: without an identity, so that they cannot sign in. Run it
 * in a transaction.
 * @returns those that were new.
 * @throws claims_pkey for a username that a deleted account has left.
 */
export async function insertPeople(tx: Database, people: readonly NewPerson[]): Promise<Created[]> {
  const created: Created[] = [];
  const alike = Map.groupBy(people.map(row), (person) => Object.keys(person).sort().join());
  for (const rows of alike.values()) created.push(...(await insertUsers(tx, rows)));
  return created;
}

/** @param rows with the same columns. @returns those that were new. */
async function insertUsers(tx: Database, rows: readonly Row[]): Promise<Created[]> {
  const all = getTableColumns(users);
  const named = Object.entries(all).filter(([key]) => rows[0] && key in rows[0]);
  const columns = sql.raw(named.map(([, { name }]) => `"${name}"`).join(', '));
  const names = new Map(named.map(([key, { name }]) => [key, name]));
  const json = JSON.stringify(
    rows.map((person) =>
      Object.fromEntries(Object.entries(person).map(([key, value]) => [names.get(key), value])),
    ),
  );
  const created = tx
    .$with('created', { id: users.id, key: users.usernameKey, createdAt: users.createdAt })
    .as(sql`
    INSERT INTO ${users} (${columns}) SELECT ${columns} FROM json_populate_recordset(NULL::${users}, ${json}::text::json)
    ON CONFLICT DO NOTHING RETURNING id, username_key, created_at`);
  return tx.with(created).select().from(created);
}

/** Ties identities to people who have none, each with their username in lower case as its subject. Run it in a transaction. */
export async function insertIdentities(
  tx: Database,
  issuer: string,
  created: readonly Omit<Created, 'key'>[],
): Promise<void> {
  const ids = keyArray(created.map(({ id }) => id));
  const accountIds = keyArray(created.map(({ createdAt }) => newId(createdAt)));
  await tx.execute(sql`
    INSERT INTO ${accounts} (id, user_id, provider, instance, external_id, username, created_at)
    SELECT n.id, u.id, 'OIDC', ${issuer}::text, u.username_key, u.username, u.created_at
    FROM unnest(${accountIds}::uuid[], ${ids}::uuid[]) AS n (id, user_id) JOIN ${users} u ON u.id = n.user_id`);
  await tx.execute(sql`
    INSERT INTO ${claims} (kind, hash, user_id)
    SELECT 'identity', claim_hash('identity', ${identityText({ issuer, subject: '' })} || username_key), id
    FROM ${users} WHERE id = ANY(${ids}::uuid[])`);
}

function row(person: NewPerson): Row {
  const { username, displayName = null, realName = null } = person;
  const given = Object.fromEntries(Object.entries(person).filter(([, value]) => value !== undefined));
  return {
    id: newId(person.createdAt),
    sid: randomSid(5),
    ...given,
    username,
    createdAt: person.createdAt,
    usernameKey: usernameKey(username),
    searchText: searchText({ username, displayName, realName }),
  };
}

/** Whether there is nobody yet. */
export async function isEmpty(db: Database): Promise<boolean> {
  return (await db.select({ id: users.id }).from(users).limit(1)).length === 0;
}
