// People who live in another system, made known here many at a time.
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client.ts';
import { rowsOf } from '../../db/rows.ts';
import { newId } from '../../db/uuid.ts';
import { accounts } from '../accounts/table.ts';
import { insertPeople } from '../users/bulk-store.ts';
import { usernameKey, usernameLength } from '../users/rules.ts';
import { claims, users } from '../users/table.ts';
import { type RemoteProvider, remotes } from './table.ts';

/** Somebody of another system, as far as they are known. */
export interface NewRemote {
  /** The server that they live at, as in `accounts`. */
  instance: string;
  /** Null where it is not known: then the name of their account stands for it. */
  externalId: string | null;
  /** What their account is called there, in lower case: unique within the system. */
  accountName: string;
  displayName: string | null;
}

/** Somebody who is here, whether they live here or elsewhere. */
export interface KnownPerson {
  id: string;
  isRemote: boolean;
}

/** Any number nobody else uses for an advisory lock in this database. */
const remotesLock = 0x6b697469;
/** What has never been read. */
const never = new Date(0);

/**
 * Makes those of these people known who are not yet: each with an account that says who they are there, and stale, so
 * that they are read anew once somebody looks. Run it in a transaction, before it locks anybody.
 * @returns them, new or not, by the names of their accounts: all save who has the id of another among them.
 */
export async function ensureRemotes(
  tx: Database,
  provider: RemoteProvider,
  people: readonly NewRemote[],
  at: Date,
): Promise<Map<string, KnownPerson>> {
  const known = await accountsNamed(tx, provider, people);
  const missing = [...new Map(people.map((person) => [person.accountName, person])).values()].filter(
    ({ accountName }) => !known.has(accountName),
  );
  if (missing.length === 0) return known;
  // Whoever else makes the same people waits, and then finds them.
  await tx.execute(sql`SELECT pg_advisory_xact_lock(${remotesLock})`);
  for (const [name, person] of await accountsNamed(tx, provider, missing)) known.set(name, person);
  const fresh = withOwnIds(missing.filter(({ accountName }) => !known.has(accountName)));
  const ids = await insertRemoteUsers(tx, provider, fresh, at);
  const rows = fresh.flatMap((person) => {
    const userId = ids.get(person);
    if (userId === undefined) return [];
    known.set(person.accountName, { id: userId, isRemote: true });
    return [{ ...person, userId, accountId: newId(at) }];
  });
  await insertAccounts(tx, provider, rows, at);
  return known;
}

/** With the id that each has alone: of two who claim the same, the second is known by the account's name. */
function withOwnIds(people: readonly NewRemote[]): NewRemote[] {
  const used = new Set<string>();
  return people.flatMap((person) => {
    const { instance, accountName } = person;
    const own = [person.externalId, accountName].find((id) => id !== null && !used.has(`${instance} ${id}`));
    if (own === undefined) return [];
    used.add(`${instance} ${own}`);
    return [{ ...person, externalId: own }];
  });
}

const personRow = z.object({ name: z.string(), id: z.string(), is_remote: z.boolean() });

/** Those of them who are here, by the names of their accounts. */
async function accountsNamed(
  tx: Database,
  provider: RemoteProvider,
  people: readonly Omit<NewRemote, 'displayName'>[],
): Promise<Map<string, KnownPerson>> {
  if (people.length === 0) return new Map();
  const asked = JSON.stringify(
    people.map(({ instance, externalId, accountName }) => ({
      instance,
      external: externalId,
      name: accountName,
    })),
  );
  const rows = await tx.execute(sql`
    SELECT n.name, u.id, u.is_remote
    FROM json_to_recordset(${asked}::text::json) AS n (instance text, external text, name text)
    CROSS JOIN LATERAL (
      SELECT a.user_id FROM ${accounts} a
      WHERE a.provider = ${provider} AND a.instance = n.instance AND lower(a.username) = n.name
      UNION ALL
      SELECT a.user_id FROM ${accounts} a
      WHERE a.provider = ${provider} AND a.instance = n.instance AND a.external_id IN (n.external, n.name)
      LIMIT 1
    ) a JOIN ${users} u ON u.id = a.user_id`);
  return new Map(
    rowsOf(rows, personRow).map(({ name, id, is_remote }) => [name, { id, isRemote: is_remote }]),
  );
}

/** @returns the ids by what was given. */
async function insertRemoteUsers(
  tx: Database,
  provider: RemoteProvider,
  people: readonly NewRemote[],
  at: Date,
): Promise<Map<NewRemote, string>> {
  const ids = new Map<NewRemote, string>();
  const tries = new Map<NewRemote, number>();
  const nextName = (person: NewRemote) => tries.set(person, (tries.get(person) ?? 1) + 1);
  // More than one round only where a username is taken, or two random sids fell together: then with the same username.
  for (let missing = people; missing.length > 0; ) {
    const named = new Map<string, { person: NewRemote; username: string }>();
    for (const person of missing) {
      const username = remoteUsername(person, provider, tries.get(person) ?? 1);
      const key = usernameKey(username);
      if (named.has(key)) nextName(person);
      else named.set(key, { person, username });
    }
    const free = new Set(await unclaimed(tx, [...named.keys()]));
    for (const [key, { person }] of named) if (!free.has(key)) nextName(person);
    const created = await insertPeople(
      tx,
      [...named].flatMap(([key, { person, username }]) =>
        free.has(key) ? [{ username, displayName: person.displayName, isRemote: true, createdAt: at }] : [],
      ),
    );
    for (const { key, id } of created) {
      const { person } = named.get(key) ?? {};
      if (person) ids.set(person, id);
    }
    missing = missing.filter((person) => !ids.has(person));
  }
  return ids;
}

/** Most characters before the @, so that it is there however long the name is. */
const maxLocalPart = 30;

/** What they are called here: "name@host", which nobody who lives here can be, with a number from the second try on. */
function remoteUsername(
  { accountName, instance }: NewRemote,
  provider: RemoteProvider,
  round: number,
): string {
  const suffix = round === 1 ? '' : `-${round}`;
  const [name = '', host = instance || provider.toLowerCase()] = accountName.split('@');
  const username = `${name.slice(0, maxLocalPart)}@${host}`.replace(/[^a-z0-9_.:@-]/gi, '');
  return username.slice(0, usernameLength.max - suffix.length) + suffix;
}

/** Those of these usernames (in lower case) that nobody has, or has left. */
async function unclaimed(tx: Database, keys: readonly string[]): Promise<string[]> {
  const rows = await tx.execute(sql`
    SELECT n.key FROM json_array_elements_text(${JSON.stringify(keys)}::text::json) AS n (key)
    WHERE NOT EXISTS (SELECT FROM ${claims} c WHERE c.kind = 'username' AND c.hash = claim_hash('username', n.key))`);
  return rowsOf(rows, z.object({ key: z.string() })).map(({ key }) => key);
}

async function insertAccounts(
  tx: Database,
  provider: RemoteProvider,
  people: readonly (NewRemote & { userId: string; accountId: string })[],
  at: Date,
): Promise<void> {
  if (people.length === 0) return;
  await tx.insert(accounts).values(
    people.map(({ userId, accountId, instance, externalId, accountName }) => ({
      ...{ id: accountId, userId, provider, instance, username: accountName, isVisible: true, createdAt: at },
      externalId: externalId ?? accountName,
    })),
  );
  await tx
    .insert(remotes)
    .values(people.map(({ userId, accountId }) => ({ userId, accountId, fetchedAt: never })));
}
