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

const viewer = sql`${sql.placeholder('viewer')}::uuid`;
/** Those the owner shows, and one's own. */
const shown = sql`(${accounts.isVisible} OR ${accounts.userId} = ${viewer})`;

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
  viewer: string | null,
  ids: readonly string[],
): Promise<AccountRow[]> {
  return byId(db, { viewer, ids: keyArray(ids) });
}

const ofUsers = prepared((db) =>
  db
    .select(columns)
    .from(accounts)
    .where(sql`${accounts.userId} = ANY(${sql.placeholder('ids')}::uuid[])`)
    .orderBy(accounts.userId, accounts.createdAt, accounts.id),
);

/** All accounts of these people, hidden ones too, each person's oldest first. */
export function accountsOfUsers(db: Database, ids: readonly string[]): Promise<AccountRow[]> {
  return ofUsers(db, { ids: keyArray(ids) });
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
  return db
    .selectDistinctOn([sql`n`], { n: sql<number>`n`, user: cardColumns })
    .from(asked)
    .innerJoin(
      accounts,
      sql`${accounts.provider} = asked.provider AND ${accounts.instance} = asked.instance
        AND (${accounts.externalId} = asked."externalId" OR lower(${accounts.username}) = lower(asked."accountName"))`,
    )
    .innerJoin(users, eq(users.id, accounts.userId))
    .where(sql`${shown} AND ${visible()}`)
    .orderBy(sql`n`, accounts.createdAt, accounts.id);
});

/** The people whom these accounts belong to, in their order: null where they do not show it, or the viewer cannot find them. */
export async function usersByAccount(
  db: Database,
  viewer: string | null,
  keys: readonly AccountKey[],
): Promise<(UserRow | null)[]> {
  const numbered = keys.map((key, n) => ({ n, ...key }));
  const found = new Map(
    (await byKeys(db, { viewer, keys: JSON.stringify(numbered) })).map(({ n, user }) => [n, user]),
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
