import { sql } from 'drizzle-orm';
import {
  boolean,
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { at, bytea, textC } from '../../db/columns.ts';
import type { Picture } from '../media/table.ts';
import { type CustomPreference, wordColumns } from '../profile/table.ts';

/** Most members a person has, and most pride flags in their library. */
export const maxMembers = 500;
export const maxFlags = 500;

export const userStatuses = ['ACTIVE', 'PENDING', 'SUSPENDED', 'DELETED'] as const;
export const profileVisibilities = ['PUBLIC', 'CONTACTS'] as const;
export const emailFrequencies = ['NEVER', 'INSTANT', 'DAILY'] as const;
export const notificationKinds = [
  'FOLLOWED',
  'CONNECTION_REQUESTED',
  'CONNECTION_ACCEPTED',
  'POST_LIKED',
  'POST_COMMENTED',
  'POST_RESHARED',
  'MENTIONED',
  'POLL_VOTED',
  'ROOM_JOINED',
  'ROOM_INVITED',
] as const;
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
    ...wordColumns(),
    customPreferences: jsonb('custom_preferences').$type<readonly CustomPreference[]>().notNull().default([]),
    avatar: jsonb().$type<Picture>(),
    cover: jsonb().$type<Picture>(),
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
    /** How a suspended account stood before, for its restoration. */
    statusBefore: text('status_before', { enum: userStatuses }),
    badges: text({ enum: badges }).array().notNull().default([]),
    /** Lives in another system, and cannot sign in here: see features/remotes/table.ts. */
    isRemote: boolean('is_remote').notNull().default(false),
    searchable: boolean().notNull().default(true),
    profileVisibility: text('profile_visibility', { enum: profileVisibilities }).notNull().default('PUBLIC'),
    memberListPrivate: boolean('member_list_private').notNull().default(false),
    isNsfw: boolean('is_nsfw').notNull().default(false),
    emailFrequency: text('email_frequency', { enum: emailFrequencies }).notNull().default('DAILY'),
    push: boolean().notNull().default(true),
    toasts: boolean().notNull().default(true),
    sounds: boolean().notNull().default(true),
    mutedNotifications: text('muted_notifications', { enum: notificationKinds })
      .array()
      .notNull()
      .default([]),
    language: text().notNull().default('en'),
    contentLanguages: text('content_languages').array().notNull().default([]),
    hideFollowSuggestions: boolean('hide_follow_suggestions').notNull().default(false),
    showFeaturedSuggestions: boolean('show_featured_suggestions').notNull().default(false),
    /** When the person last had a sid changed, their own or a member's. */
    sidRerolledAt: at('sid_rerolled_at'),
    /** The three names folded for search, each word after a space: see rules.ts `searchText`. */
    searchText: text('search_text').notNull(),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('users_username_unique').on(t.usernameKey),
    uniqueIndex('users_sid_unique').on(t.sid),
    index('users_newest')
      .on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`NOT is_remote`),
    index('users_search').using('gin', t.searchText.op('gin_trgm_ops')),
    index('users_suspended').on(t.id).where(sql`status = 'SUSPENDED'`),
    check('users_status_known', sql`status IN ('ACTIVE', 'PENDING', 'SUSPENDED', 'DELETED')`),
    check('users_deleted_remote', sql`status <> 'DELETED' OR is_remote`),
    check('users_profile_visibility_known', sql`profile_visibility IN ('PUBLIC', 'CONTACTS')`),
    check('users_email_frequency_known', sql`email_frequency IN ('NEVER', 'INSTANT', 'DAILY')`),
  ],
);

/**
 * A person's counters, apart from their wide row so that updates stay small (HOT). All but those of follows are kept by
 * triggers, and the checks on members and flags are the limits of domain rule 2. Whoever writes what a person owns locks this row
 * first.
 */
export const userStats = pgTable(
  'user_stats',
  {
    userId: uuid('user_id')
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    followers: integer().notNull().default(0),
    following: integer().notNull().default(0),
    connections: integer().notNull().default(0),
    /** Pending requests that the person has not seen. */
    unseenRequests: integer('unseen_requests').notNull().default(0),
    members: integer().notNull().default(0),
    /** Those members that are not unlisted. */
    listedMembers: integer('listed_members').notNull().default(0),
    flags: integer().notNull().default(0),
    /** Of their PUBLIC posts only, reshares among them; and the photos in those, and the likes of those. */
    posts: integer().notNull().default(0),
    statuses: integer().notNull().default(0),
    discussions: integer().notNull().default(0),
    polls: integer().notNull().default(0),
    photos: integer().notNull().default(0),
    likesReceived: integer('likes_received').notNull().default(0),
    /** Likes and twice the reshares of all their posts, by others. */
    reputation: integer().notNull().default(0),
    /** The categories that they follow. */
    categories: integer().notNull().default(0),
  },
  () => [
    check('user_stats_members_limit', sql`members <= ${sql.raw(String(maxMembers))}`),
    check('user_stats_flags_limit', sql`flags <= ${sql.raw(String(maxFlags))}`),
  ],
);

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
