import { eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { type KeyKind, ordered, parentsOf, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared, preparedFor } from '../../db/prepared.ts';
import { userStats, users } from '../users/table.ts';
import { visible } from '../users/visible.ts';
import { type MemberCard, type MemberRow, memberColumns } from './card.ts';
import { members } from './table.ts';

const owner = sql`${sql.placeholder('owner')}::uuid`;

/** Who reads lists of members. */
export interface MemberReader {
  /** The viewer's id, or null. */
  viewer: string | null;
  /** The same where they may see all of their own members, else null. */
  owner: string | null;
}

/** The reader sees the member in lists: their own always, others' where list and member are open (rule 3.5). */
const listed = sql`(${members.ownerId} = ${owner} OR (NOT ${members.isUnlisted} AND NOT ${users.memberListPrivate}))`;

const found = (condition: ReturnType<typeof sql>) =>
  prepared((db) =>
    db
      .select({ member: memberColumns, ownerKey: users.usernameKey })
      .from(members)
      .innerJoin(users, eq(users.id, members.ownerId))
      .where(sql`${condition} AND ${visible()}`),
  );

const byId = found(sql`${members.id} = ANY(${sql.placeholder('ids')}::uuid[])`);
const bySid = found(sql`${members.sid} = ANY(${sql.placeholder('sids')}::text[])`);
const byName = found(sql`
  (${users.usernameKey}, ${members.nameKey}) IN (
    SELECT owner, member FROM jsonb_to_recordset(${sql.placeholder('names')}::jsonb) AS n(owner text, member text))
  AND ${listed}`);

/** A member and their owner's username in lower case. */
export interface FoundMember {
  member: MemberRow;
  ownerKey: string;
}

/** The members with these ids whose owners the viewer may find, in no order: unlisted ones too. */
export function membersById(db: Database, viewer: string | null, ids: readonly string[]) {
  return byId(db, { viewer, ids: keyArray(ids) });
}

/** The members with these sids whose owners the viewer may find, in no order: unlisted ones too. */
export function membersBySid(db: Database, viewer: string | null, sids: readonly string[]) {
  return bySid(db, { viewer, sids: keyArray(sids) });
}

/** The members of these names (both as keys) that the viewer sees in lists, in no order: names can be guessed, ids cannot. */
export function membersByName(
  db: Database,
  reader: MemberReader,
  names: readonly { owner: string; member: string }[],
): Promise<FoundMember[]> {
  return byName(db, { ...reader, names: JSON.stringify(names) });
}

/** One entry in a person's list of members. */
export interface ListedMember {
  parentId: string;
  member: MemberRow;
}

/** How lists of members are ordered: by name, case aside. */
export const memberKeys: readonly KeyKind[] = ['text'];

const pageOf = (ascending: boolean) =>
  preparedFor((db, card: MemberCard) => {
    const parents = parentsOf(db);
    const page = db
      .select(card.columns)
      .from(members)
      .innerJoin(users, eq(users.id, members.ownerId))
      .where(
        sql`${members.ownerId} = ${parents.id} AND ${listed} AND ${within([members.nameKey], memberKeys)}`,
      )
      .orderBy(...ordered([members.nameKey], ascending))
      .limit(sql.placeholder('limit'))
      .as('page');
    return db
      .select({ parentId: parents.id, member: card.from(page) })
      .from(parents)
      .crossJoinLateral(page);
  });
const pageUp = pageOf(true);
const pageDown = pageOf(false);

/** For each parent a page of their members, as the viewer sees the list. Whether the parents can be found is not asked again. */
export function membersPage(
  db: Database,
  { owner }: MemberReader,
  parents: readonly string[],
  card: MemberCard,
  window: Window,
): Promise<ListedMember[]> {
  const statement = window.ascending ? pageUp : pageDown;
  return statement(db, card, { owner, parents: keyArray(parents), ...windowValues(window, memberKeys) });
}

const countOf = prepared((db) =>
  db
    .select({
      parentId: userStats.userId,
      count: sql<number>`CASE
        WHEN ${users.id} = ${owner} THEN ${userStats.members}
        WHEN ${users.memberListPrivate} THEN 0
        ELSE ${userStats.listedMembers} END`,
    })
    .from(userStats)
    .innerJoin(users, eq(users.id, userStats.userId))
    .where(sql`${userStats.userId} = ANY(${sql.placeholder('parents')}::uuid[])`),
);

/** How many members each parent's list has for the viewer: the stored counts. */
export function membersCount(
  db: Database,
  { owner }: MemberReader,
  parents: readonly string[],
): Promise<{ parentId: string; count: number }[]> {
  return countOf(db, { owner, parents: keyArray(parents) });
}
