// What people and members alike say of themselves in words: columns of both tables.
import { jsonb } from 'drizzle-orm/pg-core';

export const preferenceSizes = ['LARGE', 'NORMAL', 'SMALL'] as const;

/** A preference of somebody's own making. */
export interface CustomPreference {
  /** A UUID that the client chose. */
  key: string;
  icon: string;
  tooltip: string;
  size: (typeof preferenceSizes)[number];
  muted: boolean;
  favourite: boolean;
}

/** A word and how its owner feels about it: the key of a preference. */
export interface NameEntry {
  value: string;
  preference: string;
}

export interface PronounEntry {
  pronouns: string;
  displayText: string | null;
  preference: string;
}

export interface ProfileField {
  name: string;
  entries: readonly NameEntry[];
}

/** The columns, for a table of its own each time. */
export const wordColumns = () => ({
  names: jsonb().$type<readonly NameEntry[]>().notNull().default([]),
  pronouns: jsonb().$type<readonly PronounEntry[]>().notNull().default([]),
  fields: jsonb().$type<readonly ProfileField[]>().notNull().default([]),
});
