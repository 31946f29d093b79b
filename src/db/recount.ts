// Stored counters beside what they count: found wrong, and mended, while others write.
import { type SQL, sql } from 'drizzle-orm';
import { getTableConfig, type PgColumn, type PgTable } from 'drizzle-orm/pg-core';
import { z } from 'zod';
import type { Database } from './client.ts';
import { transaction, writing } from './errors.ts';
import { keyArray } from './prepared.ts';
import { rowsOf } from './rows.ts';

/** A table with counters. */
export interface Tally {
  table: PgTable;
  /** Which row it is. */
  id: PgColumn;
  /**
   * The counters and what each must be: an expression over a row of the table. A row's counters and what they count are
   * written in one transaction, by steps (`likes + 1`) and never by a value read before.
   */
  counts: readonly { column: PgColumn; must: SQL }[];
  /** Where each row goes with one of another table: that one's id, and the row to begin with, as columns over that table. */
  of?: { id: PgColumn; columns: readonly { column: PgColumn; from: PgColumn }[] };
  /** What its writers lock before they write it, where that is not its rows: the rows whose ids the query gives. */
  guard?: { id: PgColumn; of: (ids: SQL) => SQL };
}

/** A counter that was wrong; null where there was no row. */
export interface Wrong {
  table: string;
  id: string;
  column: string;
  was: number | string | null;
  is: number | string;
}

/** What came of a batch of rows. */
export interface Recounted {
  rows: number;
  wrong: Wrong[];
}

/** Rows that are looked at, and at most locked, at once. */
const batchSize = 500;

/**
 * Goes through a table in the order of its ids and compares every counter with what it counts. It reads without locks: a
 * statement sees a counter and what it counts as one moment has them. Only rows that are wrong are locked to be mended,
 * and counted again once they are.
 * @param options `mend`: whether to set counters right and make rows that are missing; `size`: rows of a batch.
 */
export async function* recount(
  db: Database,
  tally: Tally,
  options: { mend: boolean; size?: number },
): AsyncGenerator<Recounted> {
  for (let after: string | null = null; ; ) {
    const ids: string[] = await nextIds(db, tally, after, options.size ?? batchSize);
    after = ids.at(-1) ?? null;
    if (after === null) return;
    const missing = await missingAmong(db, tally, ids, options.mend);
    let wrong = await wrongAmong(db, tally, ids);
    if (options.mend && wrong.length > 0) {
      const those = wrong.map(({ id }) => id);
      wrong = await transaction(db, (tx) => mendLocked(tx, tally, those));
    }
    yield { rows: ids.length, wrong: [...missing, ...wrong.flatMap((row) => findings(tally, row))] };
  }
}

const idRow = z.object({ id: z.guid() });
const value = z.union([z.number(), z.string()]);
const wrongRow = z.object({
  id: z.guid(),
  was: z.record(z.string(), value),
  must: z.record(z.string(), value),
});
type WrongRow = z.output<typeof wrongRow>;

const nameOf = (table: PgTable) => getTableConfig(table).name;
const arrayOf = (ids: readonly string[]) => sql`${keyArray(ids)}::uuid[]`;
const identifier = ({ name }: PgColumn) => sql.identifier(name);
const literal = ({ name }: PgColumn) => sql.raw(`'${name}'`);

async function nextIds(
  db: Database,
  { id: own, of }: Tally,
  after: string | null,
  size: number,
): Promise<string[]> {
  const id = of?.id ?? own;
  // The limit as it is, not as a value: it is what the plan has to be made for.
  const answer = await db.execute(
    sql`SELECT ${id} AS id FROM ${id.table} ${after === null ? sql`` : sql`WHERE ${id} > ${after}::uuid`}
      ORDER BY ${id} LIMIT ${sql.raw(String(size))}`,
  );
  return rowsOf(answer, idRow).map((row) => row.id);
}

/** Those of these rows that are not there though they should be; makes them where that is wanted. */
async function missingAmong(
  db: Database,
  { table, id, of }: Tally,
  ids: readonly string[],
  make: boolean,
): Promise<Wrong[]> {
  if (!of) return [];
  const columns = [{ column: id, from: of.id }, ...of.columns];
  const without = sql`FROM ${of.id.table} WHERE ${of.id} = ANY(${arrayOf(ids)})
    AND NOT EXISTS (SELECT FROM ${table} there WHERE there.${identifier(id)} = ${of.id})`;
  const list = (parts: SQL[]) => sql.join(parts, sql`, `);
  let rows = rowsOf(await db.execute(sql`SELECT ${of.id} AS id ${without}`), idRow);
  if (make && rows.length > 0) {
    const inserted = sql`INSERT INTO ${table} (${list(columns.map(({ column }) => sql`${identifier(column)}`))})
      SELECT ${list(columns.map(({ from }) => sql`${from}`))} ${without} FOR KEY SHARE
      ON CONFLICT DO NOTHING RETURNING ${identifier(id)} AS id`;
    rows = rowsOf(await writing(db, (writer) => writer.execute(inserted)), idRow);
  }
  return rows.map((row) => ({ table: nameOf(table), id: row.id, column: 'row', was: null, is: 'there' }));
}

/** Those of these rows with a counter that is wrong, at one moment. */
async function wrongAmong(
  db: Database,
  { table, id, counts }: Tally,
  ids: readonly string[],
): Promise<WrongRow[]> {
  const object = (of: (count: Tally['counts'][number]) => SQL) =>
    sql`jsonb_build_object(${sql.join(
      counts.map((count) => sql`${literal(count.column)}, ${of(count)}`),
      sql`, `,
    )})`;
  const answer = await db.execute(sql`SELECT id, was, must FROM (
      SELECT ${id} AS id, ${object(({ column }) => sql`${column}`)} AS was, ${object(({ must }) => must)} AS must
      FROM ${table} WHERE ${id} = ANY(${arrayOf(ids)}) OFFSET 0
    ) compared WHERE was <> must ORDER BY id`);
  return rowsOf(answer, wrongRow);
}

/** Sets those of these rows right that are wrong once nobody else can change them. @returns what they were. */
export async function mendLocked(tx: Database, tally: Tally, ids: readonly string[]): Promise<WrongRow[]> {
  const { table, id, counts, guard } = tally;
  if (guard) await lock(tx, guard.id, guard.of(arrayOf(ids)));
  await lock(tx, id, sql`SELECT unnest(${arrayOf(ids)})`);
  // A statement of its own, so that it sees what was committed while this waited.
  const wrong = await wrongAmong(tx, tally, ids);
  if (wrong.length === 0) return wrong;
  const values = counts.map(({ column }) => {
    const type = sql.raw(column.getSQLType());
    return sql`${identifier(column)} = (given.row -> 'must' ->> ${literal(column)})::${type}`;
  });
  await tx.execute(sql`UPDATE ${table} SET ${sql.join(values, sql`, `)}
    FROM json_array_elements(${JSON.stringify(wrong)}::json) AS given(row) WHERE ${id} = (given.row ->> 'id')::uuid`);
  return wrong;
}

/** Locks rows against all others who write them, in the order of their ids, as every writer does. */
async function lock(tx: Database, id: PgColumn, ids: SQL): Promise<void> {
  await tx.execute(sql`SELECT FROM ${id.table} WHERE ${id} IN (${ids}) ORDER BY ${id} FOR NO KEY UPDATE`);
}

function findings({ table, counts }: Tally, { id, was, must }: WrongRow): Wrong[] {
  return counts.flatMap(({ column: { name } }) => {
    const [before, now] = [was[name], must[name]];
    if (before === undefined || now === undefined || before === now) return [];
    return [{ table: nameOf(table), id, column: name, was: before, is: now }];
  });
}
