import type { Database } from './client.ts';

let statements = 0;

/**
 * A statement that is built once per database and prepared on each of its connections.
 * @param build what to prepare; its values come as `sql.placeholder(name)`.
 * @returns a function of the database and the placeholders' values that runs it.
 */
export function prepared<Rows>(
  build: (db: Database) => {
    prepare: (name: string) => { execute: (values?: Record<string, unknown>) => Promise<Rows> };
  },
): (db: Database, values?: Record<string, unknown>) => Promise<Rows> {
  const name = `kith_${statements++}`;
  const perDatabase = new WeakMap<
    Database,
    { execute: (values?: Record<string, unknown>) => Promise<Rows> }
  >();
  return (db, values) => {
    let statement = perDatabase.get(db);
    if (!statement) {
      statement = build(db).prepare(name);
      perDatabase.set(db, statement);
    }
    return statement.execute(values);
  };
}

/**
 * Keys as the text of a PostgreSQL array: the one form both drivers send alike.
 * @param keys words of letters, digits, `_`, `.` and `-`, such as UUIDs and usernames: they are not quoted.
 * @throws for any other character.
 */
export function keyArray(keys: readonly string[]): string {
  for (const key of keys)
    if (!/^[\w.-]+$/.test(key)) throw new Error('A key of an array has to be a plain word.');
  return `{${keys.join(',')}}`;
}
