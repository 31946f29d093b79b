import { sql } from 'drizzle-orm';
import {
  boolean,
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
import { at } from '../../db/columns.ts';
import type { Picture } from '../media/table.ts';
import { users } from '../users/table.ts';

export const roomKinds = ['GROUP', 'PAGE'] as const;
/** What somebody is in a room; who has no other role is MEMBER of a group and FOLLOWER of a page. */
export const roomRoles = ['OWNER', 'ADMIN', 'MEMBER', 'FOLLOWER'] as const;

/** Places that people share: groups, whose members are equals, and pages, which are followed. */
export const rooms = pgTable(
  'rooms',
  {
    id: uuid().primaryKey(),
    kind: text({ enum: roomKinds }).notNull(),
    slug: text().notNull(),
    name: text().notNull(),
    /** The name folded for search, each word after a space. */
    searchText: text('search_text').notNull(),
    description: text(),
    avatar: jsonb().$type<Picture>(),
    isPublic: boolean('is_public').notNull(),
    isVerified: boolean('is_verified').notNull().default(false),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('rooms_slug_unique').on(t.slug),
    check('rooms_kind_known', sql`kind IN ('GROUP', 'PAGE')`),
  ],
);

/**
 * A room's counters, kept by triggers, apart from its row so that updates stay small (HOT). Made with the room; whoever
 * changes who is in it locks this row first.
 */
export const roomStats = pgTable('room_stats', {
  roomId: uuid('room_id')
    .primaryKey()
    .references(() => rooms.id, { onDelete: 'cascade' }),
  members: integer().notNull().default(0),
  posts: integer().notNull().default(0),
});

/** Who is in a room, and as what. */
export const roomMembers = pgTable(
  'room_members',
  {
    roomId: uuid('room_id')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    role: text({ enum: roomRoles }).notNull(),
    joinedAt: at('joined_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'room_members_pkey', columns: [t.roomId, t.userId] }),
    uniqueIndex('room_members_one_owner').on(t.roomId).where(sql`role = 'OWNER'`),
    index('room_members_newest').on(t.roomId, t.joinedAt.desc().nullsFirst(), t.userId.desc().nullsFirst()),
    index('room_members_of_user').on(t.userId, t.joinedAt.desc().nullsFirst(), t.roomId.desc().nullsFirst()),
    check('room_members_role_known', sql`role IN ('OWNER', 'ADMIN', 'MEMBER', 'FOLLOWER')`),
  ],
);

/** Who is invited to a room and has not answered yet. */
export const roomInvites = pgTable(
  'room_invites',
  {
    roomId: uuid('room_id')
      .notNull()
      .references(() => rooms.id, { onDelete: 'cascade' }),
    userId: uuid('user_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    inviterId: uuid('inviter_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    createdAt: at('created_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'room_invites_pkey', columns: [t.roomId, t.userId] }),
    index('room_invites_of_user').on(t.userId, t.createdAt.desc().nullsFirst(), t.roomId.desc().nullsFirst()),
    index('room_invites_of_inviter').on(t.inviterId),
  ],
);
