import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { writing } from '../../db/errors.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { cardColumns, type UserRow } from '../users/card.ts';
import { users } from '../users/table.ts';
import { visible } from '../users/visible.ts';
import { type AccountProvider, accounts } from './table.ts';

const columns = {
  id: accounts.id,
  userId: accounts.userId,
  provider: accounts.provider,
  instance: accounts.instance,
  externalId: accounts.externalId,
  username: accounts.username,
  url: accounts.url,
  isVisible: accounts.isVisible,
};

/** Who somebody is elsewhere. */
export type AccountRow = Pick<typeof accounts.$inferSelect, keyof typeof columns>;

/** Those the owner shows, and all of the owner's who asks, if they may see all of theirs. */
const shown = sql`(${accounts.isVisible} OR ${accounts.userId} = ${sql.placeholder('owner')}::uuid)`;

/** Who asks for accounts. */
export interface AccountReader {
  /** The viewer's id, or null. */
  viewer: string | null;
  /** The same where they may see all of their own accounts, else null. */
  owner: string | null;
}

const byId = prepared((db) =>
  db
    .select(columns)
    .from(accounts)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(sql`${accounts.id} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${shown} AND ${visible()}`),
);

/** The accounts with these ids that the viewer may see, in no order. */
export function accountsById(
  db: Database,
  reader: AccountReader,
  ids: readonly string[],
): Promise<AccountRow[]> {
  return byId(db, { ...reader, ids: keyArray(ids) });
}

const ofUsers = (all: boolean) =>
  prepared((db) =>
    db
      .select(columns)
      .from(accounts)
      .where(
        sql`${accounts.userId} = ANY(${sql.placeholder('ids')}::uuid[])${all ? sql`` : sql` AND ${accounts.isVisible}`}`,
      )
      .orderBy(accounts.userId, accounts.createdAt, accounts.id),
  );
const shownOfUsers = ofUsers(false);
const allOfUsers = ofUsers(true);

/** The accounts that these people show, each person's oldest first. Whether they can be found is not asked again. */
export function shownAccountsOf(db: Database, ids: readonly string[]): Promise<AccountRow[]> {
  return shownOfUsers(db, { ids: keyArray(ids) });
}

/** All accounts of a person, hidden ones too, oldest first: for themself. */
export function allAccountsOf(db: Database, id: string): Promise<AccountRow[]> {
  return allOfUsers(db, { ids: keyArray([id]) });
}

/** What tells one account from all others: an id at a provider's server, or a name there. */
export interface AccountKey {
  provider: AccountProvider;
  instance: string;
  externalId: string | null;
  /** In whatever case; of several who have had it, the one who was here first. */
  accountName: string | null;
}

const byKeys = prepared((db) => {
  const asked = sql`jsonb_to_recordset(${sql.placeholder('keys')}::jsonb)
    AS asked(n int, provider text, instance text, "externalId" text, "accountName" text)`;
  // Two look-ups, each by an index of its own: an OR would walk all accounts of a provider.
  const hits = sql`LATERAL (
    SELECT id FROM ${accounts} WHERE provider = asked.provider AND instance = asked.instance AND external_id = asked."externalId"
    UNION ALL
    SELECT id FROM ${accounts} WHERE provider = asked.provider AND instance = asked.instance AND lower(username) = lower(asked."accountName")
  ) AS hit`;
  return db
    .selectDistinctOn([sql`n`], { n: sql<number>`n`, user: cardColumns })
    .from(sql`${asked}, ${hits}`)
    .innerJoin(accounts, sql`${accounts.id} = hit.id`)
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(sql`${shown} AND ${visible()}`)
    .orderBy(sql`n`, accounts.createdAt, accounts.id);
});

/** The people whom these accounts belong to, in their order: null where they do not show it, or the viewer cannot find them. */
export async function usersByAccount(
  db: Database,
  reader: AccountReader,
  keys: readonly AccountKey[],
): Promise<(UserRow | null)[]> {
  const numbered = keys.map((key, n) => ({ n, ...key }));
  const found = new Map(
    (await byKeys(db, { ...reader, keys: JSON.stringify(numbered) })).map(({ n, user }) => [n, user]),
  );
  return [...keys.keys()].map((n) => found.get(n) ?? null);
}

/** Shows or hides an account. @returns it as it is then, or null when the owner has none such. */
export async function setVisible(
  db: Database,
  owner: string,
  id: string,
  isVisible: boolean,
): Promise<AccountRow | null> {
  const [row] = await writing(db, (to) =>
    to
      .update(accounts)
      .set({ isVisible })
      .where(and(eq(accounts.id, id), eq(accounts.userId, owner)))
      .returning(columns),
  );
  return row ?? null;
}
