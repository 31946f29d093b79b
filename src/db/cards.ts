// Cards: what lists read of an object. Of the columns that a query's fields may need only those it does need are read:
// most of what a page costs, in the database and here, is columns.

/** Some of a table's columns, always the same object for the same ones: prepared statements are kept by it. */
export interface CardOf<Columns> {
  columns: Columns;
  /** The same columns, selected from a subquery that has them. */
  from: (page: Record<keyof Columns, unknown>) => Columns;
}

/** Different partial cards that are kept: each is a statement on every connection. A query past them reads more than it needs. */
const maxCards = 64;

/**
 * Makes cards of a table's columns.
 * @param columns all that may be on a card.
 * @param always names of those that are on every card: what lists order by.
 * @param needs what each field of the object's type reads; a field that is not here reads no column.
 * @param heavy names of those that may be large: no card has them that does not need one of them.
 * @returns the card for a query that asks these fields of a list's objects.
 */
export function cardsOf<Columns extends object>(
  columns: Columns,
  always: readonly (keyof Columns)[],
  needs: Readonly<Record<string, readonly (keyof Columns)[]>>,
  heavy: readonly (keyof Columns)[],
): (fields: ReadonlySet<string>) => CardOf<Columns> {
  const all = Object.keys(columns) as (keyof Columns)[];
  const cardOf = (names: readonly (keyof Columns)[]): CardOf<Columns> => {
    const pick = (source: Record<keyof Columns, unknown>) =>
      Object.fromEntries(names.map((name) => [name, source[name]])) as Columns;
    return { columns: pick(columns as Record<keyof Columns, unknown>), from: pick };
  };
  const whole = cardOf(all);
  const light = cardOf(all.filter((name) => !heavy.includes(name)));
  const cards = new Map<string, CardOf<Columns>>();
  return (fields) => {
    const wanted = new Set(always);
    for (const field of fields) for (const name of needs[field] ?? []) wanted.add(name);
    const names = all.filter((name) => wanted.has(name));
    const key = names.join();
    const known = cards.get(key);
    if (known) return known;
    if (cards.size >= maxCards) return heavy.some((name) => wanted.has(name)) ? whole : light;
    const card = cardOf(names);
    cards.set(key, card);
    return card;
  };
}
