import { sql } from 'drizzle-orm';
import {
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { at, bytea } from '../../db/columns.ts';
import { accounts } from '../accounts/table.ts';
import { users } from '../users/table.ts';

/** The systems that people are read from: each is an `AccountProvider` too. */
export const remoteProviders = ['SELFCOMMUNITY', 'PRONOUNS_CC', 'QURAN_FOUNDATION', 'DIASPORA'] as const;
export type RemoteProvider = (typeof remoteProviders)[number];

/** What a source counts of a person; what it does not tell is left out. */
export type RemoteCounters = Readonly<Record<string, number>>;

/**
 * People who live in another system, and what was read of them there last. Who they are there is their account, which
 * one who brings it along takes over, and this row ends with it.
 */
export const remotes = pgTable(
  'remotes',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    accountId: uuid('account_id')
      .notNull()
      .references(() => accounts.id, { onDelete: 'cascade' }),
    fetchedAt: at('fetched_at').notNull(),
    /** Seconds east of UTC, as the source said then, where it does not say the time zone. */
    utcOffset: integer('utc_offset'),
    counters: jsonb().$type<RemoteCounters>().notNull().default({}),
    /** The addresses of the pictures that have come along, so that they come once. */
    pictures: jsonb().$type<{ avatar?: string; cover?: string }>().notNull().default({}),
  },
  (t) => [uniqueIndex('remotes_account_unique').on(t.accountId)],
);

export const remoteLists = ['members', 'posts', 'photos'] as const;
export type RemoteList = (typeof remoteLists)[number];

/** How far the lists of remote people have been read, a page at a time. */
export const remotePages = pgTable(
  'remote_pages',
  {
    userId: uuid('user_id')
      .notNull()
      .references(() => remotes.userId, { onDelete: 'cascade' }),
    list: text({ enum: remoteLists }).notNull(),
    /** When its first page was read. */
    fetchedAt: at('fetched_at').notNull(),
    /** Where it goes on, in the source's terms; null where it has been read to its end. */
    next: text(),
  },
  (t) => [
    primaryKey({ name: 'remote_pages_pkey', columns: [t.userId, t.list] }),
    check('remote_pages_list_known', sql`list IN ('members', 'posts', 'photos')`),
  ],
);

export const originKinds = ['post', 'photo', 'poll', 'comment', 'member', 'flag', 'aspect', 'room'] as const;
export type OriginKind = (typeof originKinds)[number];

/**
 * What things were before they came here, so that they come once. A thing that was deleted here keeps its origin, and
 * does not come again. People have theirs in `accounts`.
 */
export const origins = pgTable(
  'origins',
  {
    provider: text().notNull(),
    /** The server, as in `accounts`. */
    instance: text().notNull(),
    kind: text({ enum: originKinds }).notNull(),
    externalId: text('external_id').notNull(),
    /** The thing's own id here. */
    id: uuid().notNull(),
    /** Whose it is here: with them it is forgotten. */
    ownerId: uuid('owner_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    url: text(),
    /** Of a post: what the source counted then. */
    counters: jsonb().$type<RemoteCounters>(),
  },
  (t) => [
    primaryKey({ name: 'origins_pkey', columns: [t.provider, t.instance, t.kind, t.externalId] }),
    index('origins_of_thing').on(t.id),
    index('origins_of_owner').on(t.ownerId),
    check('origins_kind_known', sql`kind IN (${sql.raw(originKinds.map((kind) => `'${kind}'`).join(', '))})`),
  ],
);

/** Accounts elsewhere whose owners have proven that they are theirs. */
export const accountLinks = pgTable('account_links', {
  accountId: uuid('account_id')
    .primaryKey()
    .references(() => accounts.id, { onDelete: 'cascade' }),
  /** The source's token, sealed with `SOURCE_SECRET`; null where it is not kept. */
  token: bytea(),
  linkedAt: at('linked_at').notNull(),
  syncedAt: at('synced_at').notNull(),
  /** The fields of the profile that came from there, each as it came: whoever changes one by hand keeps it. */
  taken: jsonb().$type<Readonly<Record<string, unknown>>>().notNull().default({}),
});
