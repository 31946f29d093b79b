import { inArray, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { newId } from '../../db/uuid.ts';
import { accounts } from '../accounts/table.ts';
import { identityText, randomSid } from './account-store.ts';
import { searchText, usernameKey } from './rules.ts';
import { claims, users } from './table.ts';

/** Somebody to create: what is not given is as in a new account. */
export type NewPerson = Partial<typeof users.$inferInsert> & { username: string; createdAt: Date };

/** Rows of one INSERT: their parameters must stay below PostgreSQL's 65,535. */
const rowsPerInsert = 500;

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
  for (let start = 0; start < people.length; start += rowsPerInsert) {
    let missing = people.slice(start, start + rowsPerInsert);
    const keys = missing.map((person) => usernameKey(person.username));
    const find = async () => {
      const rows = await tx
        .select({ id: users.id, key: users.usernameKey })
        .from(users)
        .where(inArray(users.usernameKey, keys));
      for (const { id, key } of rows) ids.set(key, id);
      missing = missing.filter((person) => !ids.has(usernameKey(person.username)));
    };
    await find();
    // More than one round only where two random sids fell together.
    while (missing.length > 0) {
      const created = await tx
        .insert(users)
        .values(missing.map(row))
        .onConflictDoNothing()
        .returning({ id: users.id, key: users.usernameKey });
      if (created.length > 0) {
        const made = new Map(created.map(({ id, key }) => [key, id]));
        await tx.insert(accounts).values(
          missing
            .filter((person) => made.has(usernameKey(person.username)))
            .map((person) => ({
              id: newId(person.createdAt),
              userId: made.get(usernameKey(person.username)) ?? '',
              provider: 'OIDC' as const,
              instance: issuer,
              externalId: usernameKey(person.username),
              username: person.username,
              createdAt: person.createdAt,
            })),
        );
        await tx.insert(claims).select(
          sql`SELECT 'identity', claim_hash('identity', ${identityText({ issuer, subject: '' })} || username_key), id FROM users WHERE ${inArray(
            users.id,
            created.map(({ id }) => id),
          )}`,
        );
      }
      await find();
    }
  }
  return ids;
}

function row(person: NewPerson): typeof users.$inferInsert {
  const { username, displayName = null, realName = null } = person;
  return {
    id: newId(person.createdAt),
    sid: randomSid(5),
    ...person,
    usernameKey: usernameKey(username),
    searchText: searchText({ username, displayName, realName }),
  };
}

/** Whether there is nobody yet. */
export async function isEmpty(db: Database): Promise<boolean> {
  return (await db.select({ id: users.id }).from(users).limit(1)).length === 0;
}
