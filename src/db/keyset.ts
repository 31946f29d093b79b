// Keyset paging in SQL: a page is a range between two positions of an ordering, read from either end.
import { asc, desc, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from './client.ts';

/** What a value that orders a list may be, and with it how cursors are checked and where the ordering ends. */
export type KeyKind = keyof typeof kinds;
export type KeyValue = string | number;

const kinds = {
  time: { type: 'timestamptz', lowest: '-infinity', highest: 'infinity' },
  id: {
    type: 'uuid',
    lowest: '00000000-0000-0000-0000-000000000000',
    highest: 'ffffffff-ffff-ffff-ffff-ffffffffffff',
  },
  // Longer than anything that lists are ordered by.
  text: { type: 'text', lowest: '', highest: '\u{10ffff}'.repeat(128) },
  int: { type: 'int', lowest: -2147483648, highest: 2147483647 },
} as const;

/** A page to read: at most `limit` rows strictly between `low` and `high` (null: no bound), from one end or the other. */
export interface Window {
  limit: number;
  low: readonly KeyValue[] | null;
  high: readonly KeyValue[] | null;
  /** Read from the low end up, else from the high end down. */
  ascending: boolean;
}

/** The owners of lists, one row each, for a lateral join: the UUIDs in the placeholder `parents`. */
export function parentsOf(db: Database) {
  return db
    .select({ id: sql<string>`parent_id`.as('parent_id') })
    .from(sql`unnest(${sql.placeholder('parents')}::uuid[]) AS parent_id`)
    .as('parents');
}

/**
 * The condition that a row lies within the window, as row comparisons that an index on exactly these columns
 * walks. An absent bound is the ordering's end, so one prepared statement serves first pages and later ones.
 */
export function within(columns: readonly SQLWrapper[], keys: readonly KeyKind[]): SQL {
  const row = sql`(${sql.join([...columns], sql`, `)})`;
  const bound = (side: 'low' | 'high') =>
    sql`(${sql.join(
      keys.map((key, i) => sql`${sql.placeholder(side + i)}::${sql.raw(kinds[key].type)}`),
      sql`, `,
    )})`;
  return sql`${row} > ${bound('low')} AND ${row} < ${bound('high')}`;
}

/** ORDER BY for the window's direction. */
export function ordered(columns: readonly SQLWrapper[], ascending: boolean): SQL[] {
  return columns.map((column) => (ascending ? asc(column) : desc(column)));
}

/** The values of the placeholders that `within` leaves, and of `limit`. */
export function windowValues(window: Window, keys: readonly KeyKind[]): Record<string, KeyValue> {
  const values: Record<string, KeyValue> = { limit: window.limit };
  keys.forEach((key, i) => {
    values[`low${i}`] = window.low?.[i] ?? kinds[key].lowest;
    values[`high${i}`] = window.high?.[i] ?? kinds[key].highest;
  });
  return values;
}
