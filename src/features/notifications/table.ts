import { type SQL, sql } from 'drizzle-orm';
import { boolean, index, integer, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { at } from '../../db/columns.ts';
import { notificationKinds, users } from '../users/table.ts';

/** What a notification may be about: names of types that `node` finds. */
export const subjectTypes = ['User', 'Connection', 'Room', 'Post', 'Comment'] as const;

/**
 * What of their notifications is counted for a person. Made with them. Whoever writes notifications locks the rows of all
 * who get them first, in the order of their ids and after everything else it locks, so `version` is in the order of commits.
 */
export const inboxes = pgTable('inboxes', {
  userId: uuid('user_id')
    .primaryKey()
    .references(() => users.id, { onDelete: 'cascade' }),
  /** How many notifications are not seen. */
  unseen: integer().notNull().default(0),
  /** The number of the last act that came to them. */
  version: integer().notNull().default(0),
});

/** What others did that concerns a person: one row for each kind of act and what it is about, whoever did it. */
export const notifications = pgTable(
  'notifications',
  {
    id: uuid().primaryKey(),
    receiverId: uuid('receiver_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text({ enum: notificationKinds }).notNull(),
    subjectType: text('subject_type', { enum: subjectTypes }).notNull(),
    /** The subject's id as the receiver knows it. */
    subjectId: uuid('subject_id').notNull(),
    /** How many have done it, the newest of their acts, and when the first and the newest were: kept by triggers. */
    actorsCount: integer('actors_count').notNull().default(0),
    version: integer().notNull(),
    createdAt: at('created_at').notNull(),
    updatedAt: at('updated_at').notNull(),
    /** When the receiver last marked it seen, and up to which act. */
    seenAt: at('seen_at'),
    seenVersion: integer('seen_version').notNull().default(0),
    isUnseen: boolean('is_unseen')
      .notNull()
      .generatedAlwaysAs((): SQL => sql`version > seen_version`),
  },
  (t) => [
    uniqueIndex('notifications_group_unique').on(t.receiverId, t.kind, t.subjectId),
    index('notifications_newest').on(t.receiverId, t.version.desc().nullsFirst()),
    index('notifications_unseen').on(t.receiverId, t.version.desc().nullsFirst()).where(sql`is_unseen`),
    index('notifications_about').on(t.subjectId, t.kind),
  ],
);

/** Who did what a notification is about. One without any is deleted. */
export const notificationActors = pgTable(
  'notification_actors',
  {
    notificationId: uuid('notification_id')
      .notNull()
      .references(() => notifications.id, { onDelete: 'cascade' }),
    actorId: uuid('actor_id')
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    receiverId: uuid('receiver_id').notNull(),
    version: integer().notNull(),
    actedAt: at('acted_at').notNull(),
  },
  (t) => [
    primaryKey({ name: 'notification_actors_pkey', columns: [t.notificationId, t.actorId] }),
    index('notification_actors_newest').on(t.notificationId, t.version.desc().nullsFirst()),
    index('notification_actors_of_actor').on(t.actorId, t.receiverId),
  ],
);
