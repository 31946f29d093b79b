// What lists read of a person: the columns that anybody who can find them may see, and of those only what a query
// needs. Most of what a page of people costs, in the database and here, is columns.
import { users } from './table.ts';

export const cardColumns = {
  id: users.id,
  username: users.username,
  sid: users.sid,
  displayName: users.displayName,
  realName: users.realName,
  tagline: users.tagline,
  website: users.website,
  links: users.links,
  memberTitle: users.memberTitle,
  timezone: users.timezone,
  status: users.status,
  badges: users.badges,
  isNsfw: users.isNsfw,
  createdAt: users.createdAt,
};
type CardColumn = keyof typeof cardColumns;
const allColumns = Object.keys(cardColumns) as CardColumn[];

/** A person as lists read them. Of a partial card only the columns that its query's fields need are there. */
export interface UserRow extends Pick<typeof users.$inferSelect, CardColumn> {
  /**
   * Somebody the viewer has blocked, shown to them all the same (their own list of blocked people): the card,
   * and nothing that leads on from it.
   */
  restricted?: boolean;
}

/** What the fields of `User` read of a card; a field that is not here reads the id alone. */
const needs: Record<string, readonly CardColumn[]> = {
  sid: ['sid'],
  username: ['username'],
  name: ['displayName', 'realName', 'username'],
  displayName: ['displayName'],
  realName: ['realName'],
  tagline: ['tagline'],
  website: ['website'],
  links: ['links'],
  memberTitle: ['memberTitle'],
  utcOffset: ['timezone'],
  status: ['status'],
  badges: ['badges'],
  isNsfw: ['isNsfw'],
  createdAt: ['createdAt'],
};

/** Some of a card's columns, always the same object for the same ones: prepared statements are kept by it. */
export interface Card {
  columns: typeof cardColumns;
  /** The same columns, selected from a subquery that has them. */
  from: (page: Record<CardColumn, unknown>) => typeof cardColumns;
}

function cardOf(names: readonly CardColumn[]): Card {
  const pick = (source: Record<CardColumn, unknown>) =>
    Object.fromEntries(names.map((name) => [name, source[name]])) as typeof cardColumns;
  return { columns: pick(cardColumns), from: pick };
}

/** All columns. */
export const wholeCard = cardOf(allColumns);

/** Different partial cards that are kept; a query past them reads whole ones. */
const maxCards = 64;
const cards = new Map<string, Card>();

/** The card for a query that asks these fields of a list's people. The columns that order lists are always there. */
export function cardFor(fields: ReadonlySet<string>): Card {
  const wanted = new Set<CardColumn>(['id', 'username', 'createdAt']);
  for (const field of fields) for (const name of needs[field] ?? []) wanted.add(name);
  const names = allColumns.filter((name) => wanted.has(name));
  const key = names.join();
  const known = cards.get(key);
  if (known || cards.size >= maxCards) return known ?? wholeCard;
  const card = cardOf(names);
  cards.set(key, card);
  return card;
}
