import { sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { ordered, type Window, windowValues, within } from '../../db/keyset.ts';
import { prepared, preparedFor } from '../../db/prepared.ts';
import type { Card, UserRow } from './card.ts';
import { fold } from './rules.ts';
import { users } from './table.ts';
import { followedByViewer, followedFromHere, listed, listedOfAll } from './visible.ts';

const q = sql`${sql.placeholder('query')}::text`;
const prefix = sql`${sql.placeholder('prefix')}::text`;

/** Somebody's names match: a word of them begins like the query, or something in them is like it. */
const matches = sql`(${users.searchText} LIKE '% ' || ${prefix} || '%' OR ${q} <% ${users.searchText}) AND ${followedFromHere()}`;

/**
 * How well, as an integer: 4000 for the very username, 3000 for its beginning, 2000 for a word's beginning, and up to
 * 999 for likeness on top, of any name and, less, of the whole username. Where it is asked for, those the viewer follows come before all others.
 */
const score = sql<number>`(
  CASE
    WHEN ${users.usernameKey} = ${q} THEN 4000
    WHEN ${users.usernameKey} LIKE ${prefix} || '%' THEN 3000
    WHEN ${users.searchText} LIKE '% ' || ${prefix} || '%' THEN 2000
    ELSE 0
  END
  + (word_similarity(${q}, ${users.searchText}) * 900)::int
  + (similarity(${q}, ${users.usernameKey}) * 99)::int
  + CASE WHEN ${sql.placeholder('followedFirst')}::boolean AND ${followedByViewer()} THEN 10000 ELSE 0 END
)`;

const searchKeys = ['int', 'id'] as const;

const searched = (ascending: boolean) =>
  preparedFor((db, card: Card) => {
    const found = db
      .select({ ...card.columns, score: score.as('score') })
      .from(users)
      .where(sql`${matches} AND ${listed()}`)
      .as('found');
    const columns = [found.score, found.id];
    return db
      .select({ user: card.from(found), score: found.score })
      .from(found)
      .where(within(columns, searchKeys))
      .orderBy(...ordered(columns, ascending))
      .limit(sql.placeholder('limit'));
  }, 'slow');
const searchedUp = searched(true);
const searchedDown = searched(false);

/** What to search for: the words as typed, and whether those the viewer follows come before all others. */
export interface Search {
  query: string;
  followedFirst: boolean;
}

function searchValues({ query, followedFirst }: Search): Record<string, unknown> {
  const folded = fold(query);
  return { query: folded, prefix: folded.replace(/[\\%_]/g, '\\$&'), followedFirst };
}

/** A page of the people whose names match, best match first. */
export function searchPage(
  db: Database,
  viewer: string | null,
  search: Search,
  card: Card,
  window: Window,
): Promise<{ user: UserRow; score: number }[]> {
  const statement = window.ascending ? searchedUp : searchedDown;
  return statement(db, card, { viewer, ...searchValues(search), ...windowValues(window, searchKeys) });
}

const searchedCount = prepared(
  (db) =>
    db.select({ count: sql<number>`count(*)::int` }).from(users).where(sql`${matches} AND ${listedOfAll()}`),
  'slow',
);

/** How many people's names match. */
export async function searchCount(db: Database, viewer: string | null, search: Search): Promise<number> {
  return (await searchedCount(db, { viewer, ...searchValues(search) }))[0]?.count ?? 0;
}
