import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  customType,
  date,
  doublePrecision,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';

/** Text that sorts by code point wherever the database was made, so that orderings and cursors agree. */
const textC = customType<{ data: string; driverData: string }>({ dataType: () => 'text COLLATE "C"' });
const bytea = customType<{ data: Buffer; driverData: Buffer }>({ dataType: () => 'bytea' });

export const userStatuses = ['ACTIVE', 'PENDING', 'SUSPENDED'] as const;
export const profileVisibilities = ['PUBLIC', 'CONTACTS'] as const;
export const badges = ['ADMIN', 'STAFF', 'VERIFIED', 'COMMUNITY'] as const;

/**
 * People. A row's `username` and `sid` are claimed in `claims` by a trigger, and its row in `user_stats`
 * is made by the same one, so no way of inserting a person can leave either out.
 */
export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    username: text().notNull(),
    /** The username in lower case: what is unique, and what USERNAME orders by. */
    usernameKey: textC('username_key').notNull(),
    sid: text().notNull(),
    displayName: text('display_name'),
    realName: text('real_name'),
    tagline: text(),
    bio: text(),
    bioHtml: text('bio_html'),
    website: text(),
    links: text().array().notNull().default([]),
    memberTitle: text('member_title'),
    birthday: date({ mode: 'string' }),
    gender: text(),
    locationName: text('location_name'),
    latitude: doublePrecision(),
    longitude: doublePrecision(),
    companyName: text('company_name'),
    companyRole: text('company_role'),
    positionLatitude: doublePrecision('position_latitude'),
    positionLongitude: doublePrecision('position_longitude'),
    timezone: text(),
    email: text(),
    emailVerified: boolean('email_verified').notNull().default(false),
    status: text({ enum: userStatuses }).notNull().default('ACTIVE'),
    badges: text({ enum: badges }).array().notNull().default([]),
    searchable: boolean().notNull().default(true),
    profileVisibility: text('profile_visibility', { enum: profileVisibilities }).notNull().default('PUBLIC'),
    memberListPrivate: boolean('member_list_private').notNull().default(false),
    isNsfw: boolean('is_nsfw').notNull().default(false),
    /** The three names folded for search, each word after a space: see rules.ts `searchText`. */
    searchText: text('search_text').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true, precision: 3 }).notNull(),
  },
  (t) => [
    uniqueIndex('users_username_unique').on(t.usernameKey),
    uniqueIndex('users_sid_unique').on(t.sid),
    index('users_newest').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index('users_search').using('gin', t.searchText.op('gin_trgm_ops')),
    index('users_suspended').on(t.id).where(sql`status = 'SUSPENDED'`),
    check('users_status_known', sql`status IN ('ACTIVE', 'PENDING', 'SUSPENDED')`),
    check('users_profile_visibility_known', sql`profile_visibility IN ('PUBLIC', 'CONTACTS')`),
  ],
);

/** A person's public counters, apart from their wide row so that updates stay small (HOT). */
export const userStats = pgTable('user_stats', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  followers: integer().notNull().default(0),
  following: integer().notNull().default(0),
});

/**
 * What can be had only once, ever: usernames, sids and sign-in identities, each as a keyed hash.
 * A deleted account leaves its claims behind with no `user_id`: reserved, and saying nothing of whom.
 */
export const claims = pgTable(
  'claims',
  {
    kind: text({ enum: ['username', 'sid', 'identity'] }).notNull(),
    hash: bytea().notNull(),
    userId: uuid('user_id').references(() => users.id, { onDelete: 'set null' }),
  },
  (t) => [primaryKey({ name: 'claims_pkey', columns: [t.kind, t.hash] }), index('claims_user').on(t.userId)],
);

/** Random keys of this database, made by the migration; `claims` is the one that keys the hashes above. */
export const serverKeys = pgTable('server_keys', {
  name: text().primaryKey(),
  key: bytea().notNull(),
});
