import { Column, is, Placeholder, SQL } from 'drizzle-orm';
import { PgTimestamp } from 'drizzle-orm/pg-core';
import { type Database, databaseFor, type Purpose } from './client.ts';
import { storedTime } from './time.ts';
import { sharedDatabase, tell, watchOf } from './watched.ts';

type Values = Record<string, unknown>;
interface Statement<Rows> {
  execute: (values?: Values) => Promise<Rows>;
}

let statements = 0;

/**
 * A statement that is built once per database and prepared on each of its connections.
 * @param build what to prepare; its values come as `sql.placeholder(name)`.
 * @param purpose where it is not a quick read.
 * @returns a function of the database and the placeholders' values that runs it.
 */
export function prepared<Rows>(
  build: (db: Database) => { prepare: (name: string) => Statement<Rows> },
  purpose?: Purpose,
): (db: Database, values?: Values) => Promise<Rows> {
  const statement = preparedFor<object, Rows>(build, purpose);
  return (db, values) => statement(db, build, values);
}

/**
 * The same for a statement that there are several variants of.
 * @param build what to prepare for a variant; a variant is always the same object.
 */
export function preparedFor<Variant extends object, Rows>(
  build: (db: Database, variant: Variant) => { prepare: (name: string) => Statement<Rows> },
  purpose?: Purpose,
): (db: Database, variant: Variant, values?: Values) => Promise<Rows> {
  const perDatabase = new WeakMap<Database, WeakMap<Variant, Statement<Rows>>>();
  return (given, variant, values) => {
    const shared = sharedDatabase(given);
    const db = purpose ? databaseFor(shared, purpose) : shared;
    let variants = perDatabase.get(db);
    if (!variants) {
      variants = new WeakMap();
      perDatabase.set(db, variants);
    }
    let statement = variants.get(variant);
    if (!statement) {
      statement = build(db, variant).prepare(`kith_${statements++}`);
      shareParameters(statement);
      compileMapper(statement);
      variants.set(variant, statement);
    }
    const watch = watchOf(given);
    if (!watch) return statement.execute(values);
    const ready = statement;
    return tell(watch, textOf(ready), () => ready.execute(values));
  };
}

/** What Drizzle's prepared statements have inside, in both drivers. */
interface Prepared {
  fields?: readonly { path: readonly string[]; field: unknown }[];
  joinsNotNullableMap?: Record<string, boolean>;
  customResultMapper?: (rows: readonly (readonly unknown[])[]) => unknown[];
  queryString: string;
  params: readonly unknown[];
}

function textOf(statement: object): string {
  return (statement as Prepared).queryString;
}

/**
 * Makes all places of a statement that have the same placeholder one parameter. Drizzle makes each a parameter of its own:
 * the feed's statement would take 92 values, most of them the viewer, to be written, sent and parsed each time.
 */
function shareParameters(statement: object): void {
  const inside = statement as Prepared;
  const kept: unknown[] = [];
  const byName = new Map<string, number>();
  const numbers = inside.params.map((param) => {
    const name = is(param, Placeholder) ? param.name : null;
    const known = name === null ? undefined : byName.get(name);
    if (known !== undefined) return known;
    const number = kept.push(param);
    if (name !== null) byName.set(name, number);
    return number;
  });
  inside.params = kept;
  inside.queryString = inside.queryString.replaceAll(/\$(\d+)/g, (_, number) => `$${numbers[number - 1]}`);
}

/**
 * Gives a prepared statement a mapper from rows to objects that is put together once. Drizzle's own asks anew of every
 * value of every row what kind of column it is: a quarter of the time of a page of people. Statements whose outer joins
 * may make a nested object null keep Drizzle's.
 */
function compileMapper(statement: object): void {
  const inside = statement as Prepared;
  const { fields, joinsNotNullableMap } = inside;
  if (!fields || inside.customResultMapper || fields.some(({ path }) => path.length > 2)) return;
  const nullable = Object.values(joinsNotNullableMap ?? {}).some((notNull) => !notNull);
  if (nullable && fields.some(({ path }) => path.length > 1)) return;

  const flat = fields.flatMap(({ path: [key = '', nested], field }, index) =>
    nested === undefined ? [{ key, index, decode: decoderOf(field) }] : [],
  );
  const groups = Map.groupBy(
    fields.flatMap(({ path: [group = '', key], field }, index) =>
      key === undefined ? [] : [{ group, key, index, decode: decoderOf(field) }],
    ),
    ({ group }) => group,
  );
  inside.customResultMapper = (rows) =>
    rows.map((row) => {
      const object: Values = {};
      for (const { key, index, decode } of flat) object[key] = decode(row[index]);
      for (const [group, columns] of groups) {
        const nested: Values = {};
        for (const { key, index, decode } of columns) nested[key] = decode(row[index]);
        object[group] = nested;
      }
      return object;
    });
}

type Decode = (value: unknown) => unknown;
const asIs: Decode = (value) => value;

function decoderOf(field: unknown): Decode {
  const decoder = is(field, Column) ? field : decoderOfSql(field);
  // Most columns take what the driver gives.
  if (decoder.mapFromDriverValue === Column.prototype.mapFromDriverValue) return asIs;
  if (is(decoder, PgTimestamp)) return (value) => (typeof value === 'string' ? storedTime(value) : value);
  return (value) => (value === null ? null : decoder.mapFromDriverValue(value));
}

function decoderOfSql(field: unknown): { mapFromDriverValue: Decode } {
  const expression = is(field, SQL) ? field : is(field, SQL.Aliased) ? field.sql : null;
  if (!expression) throw new Error('A prepared statement selects columns and expressions only.');
  return (expression as unknown as { decoder: { mapFromDriverValue: Decode } }).decoder;
}

/**
 * Keys as the text of a PostgreSQL array: the one form both drivers send alike.
 * @param keys words of letters, digits, `_`, `.`, `@`, `:` and `-`, such as UUIDs and usernames.
 * @throws for any other character.
 */
export function keyArray(keys: readonly string[]): string {
  return `{${keys
    .map((key) => {
      if (!/^[\w.@:-]+$/.test(key)) throw new Error('A key of an array has to be a plain word.');
      // Bare, the word null would be no word.
      return `"${key}"`;
    })
    .join(',')}}`;
}
