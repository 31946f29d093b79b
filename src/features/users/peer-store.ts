// Lists of people by a relation of theirs to somebody: for many lists at once, whoever they belong to.
import { type Column, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { AnyPgColumn, PgTable } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { type KeyKind, ordered, parentsOf, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared, preparedFor } from '../../db/prepared.ts';
import type { Card, UserRow } from './card.ts';
import { users } from './table.ts';
import { unseenIds, visible } from './visible.ts';

/** One entry in such a list; `Detail` is what it says of the relation besides its time. */
export interface PeerRow<Detail = null> {
  /** Whose list it is. */
  parentId: string;
  /** Since when. */
  at: Date;
  detail: Detail;
  user: UserRow;
}

/** How such lists are ordered: by the time of the relation, then by the person. */
export const peerKeys: readonly KeyKind[] = ['time', 'id'];

/**
 * A relation as a table has it: whose list, who is in it, since when; what else must hold, and what else is read of it.
 */
export interface PeerSource<Detail = null> {
  table: PgTable;
  parent: Column;
  peer: Column;
  at: AnyPgColumn<{ data: Date }>;
  only?: SQL;
  detail?: SQL<Detail>;
}

/**
 * What reads, for each parent, a page of those in a list of theirs, without whom the viewer cannot find. One statement.
 * @param source with an index on (parent, at, peer).
 * @param purpose where it is not a quick read.
 */
export function peerPages<Detail = null>(source: PeerSource<Detail>, purpose?: 'slow') {
  const pageOf = (ascending: boolean) =>
    preparedFor((db, card: Card) => {
      const { table, parent, peer, only } = source;
      const columns: SQLWrapper[] = [source.at, peer];
      const parents = parentsOf(db);
      const at = sql<Date>`${source.at}`.mapWith(source.at).as('at');
      const detail = (source.detail ?? sql<Detail>`NULL`).as('detail');
      const page = db
        .select({ ...card.columns, at, detail })
        .from(table)
        .innerJoin(users, sql`${users.id} = ${peer}`)
        .where(
          sql`${parent} = ${parents.id} AND ${within(columns, peerKeys)} AND ${visible()}${only ? sql` AND ${only}` : sql``}`,
        )
        .orderBy(...ordered(columns, ascending))
        .limit(sql.placeholder('limit'))
        .as('page');
      // No ORDER BY out here: a lateral join with a LIMIT runs as a nested loop, which keeps the order of each page.
      return db
        .select({ parentId: parents.id, at: page.at, detail: page.detail, user: card.from(page) })
        .from(parents)
        .crossJoinLateral(page);
    }, purpose);
  const up = pageOf(true);
  const down = pageOf(false);
  return (
    db: Database,
    viewer: string | null,
    parents: readonly string[],
    card: Card,
    window: Window,
  ): Promise<PeerRow<Detail>[]> =>
    (window.ascending ? up : down)(db, card, {
      viewer,
      parents: keyArray(parents),
      ...windowValues(window, peerKeys),
    });
}

/**
 * What tells, for each parent, how many are in such a list for the viewer: a stored count, less whom they cannot find.
 * One statement.
 * @param stored where the count is, and whose it is.
 */
export function peerCounts(
  { table, parent, peer }: Pick<PeerSource, 'table' | 'parent' | 'peer'>,
  stored: { in: PgTable; of: Column; count: Column },
) {
  // Inside another expression a column keeps its table's name, which Drizzle leaves out in a select from one table.
  const [whose, theirs, person] = [sql`${stored.of}`, sql`${parent}`, sql`${peer}`];
  const counted = prepared((db) =>
    db
      .select({
        parentId: sql<string>`${whose}`,
        count: sql<number>`${stored.count} - (
          SELECT count(*)::int FROM ${table} WHERE ${theirs} = ${whose} AND ${person} = ANY(${unseenIds()}))`,
      })
      .from(stored.in)
      .where(sql`${whose} = ANY(${sql.placeholder('parents')}::uuid[])`),
  );
  return (
    db: Database,
    viewer: string | null,
    parents: readonly string[],
  ): Promise<{ parentId: string; count: number }[]> => counted(db, { viewer, parents: keyArray(parents) });
}
