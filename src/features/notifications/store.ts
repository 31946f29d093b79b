import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { type KeyKind, ordered, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { connections } from '../connections/table.ts';
import { userStats, users } from '../users/table.ts';
import { unseenIds, visible } from '../users/visible.ts';
import { inboxes, notificationActors, notifications } from './table.ts';

/** Most actors of a notification that are named. */
export const maxActors = 10;

const viewer = sql`${sql.placeholder('viewer')}::uuid`;

/**
 * The newest of those who did it, of whom the viewer can find, and the newest of their acts; one row with NULLs where
 * there is nobody: then there is nothing to be told.
 */
const shown = sql`LATERAL (
  SELECT array_agg(newest.actor_id ORDER BY newest.version DESC) AS actors, max(newest.version) AS version, max(newest.acted_at) AS acted_at
  FROM (
    SELECT done.actor_id, done.version, done.acted_at FROM ${notificationActors} done
    JOIN ${users} ON ${users.id} = done.actor_id
    WHERE done.notification_id = ${notifications.id} AND ${visible()}
    ORDER BY done.version DESC LIMIT ${sql.raw(String(maxActors))}
  ) newest) shown`;
const told = sql`shown.actors IS NOT NULL`;
/** Somebody whom the viewer can find did it after they last marked it seen. */
const isUnseen = sql`(${notifications.isUnseen} AND shown.version > ${notifications.seenVersion})`;

const view = {
  id: notifications.id,
  kind: notifications.kind,
  subjectType: notifications.subjectType,
  subjectId: notifications.subjectId,
  version: notifications.version,
  createdAt: notifications.createdAt,
  updatedAt: sql<Date>`shown.acted_at`.mapWith(notifications.updatedAt).as('view_updated_at'),
  seenAt: sql<Date | null>`CASE WHEN NOT ${isUnseen} THEN ${notifications.seenAt} END`
    .mapWith(notifications.updatedAt)
    .as('view_seen_at'),
  actorIds: sql<string[]>`shown.actors`.as('view_actors'),
  actorsCount: sql<number>`${notifications.actorsCount} - (
    SELECT count(*)::int FROM ${notificationActors} done
    WHERE done.notification_id = ${notifications.id} AND done.actor_id = ANY(${unseenIds()}))`.as(
    'view_actors_count',
  ),
};

/** A notification, to its receiver. */
export interface NotificationRow {
  id: string;
  kind: (typeof notifications.$inferSelect)['kind'];
  subjectType: (typeof notifications.$inferSelect)['subjectType'];
  subjectId: string;
  /** The number of its newest act among all that came to the receiver. */
  version: number;
  createdAt: Date;
  updatedAt: Date;
  seenAt: Date | null;
  /** The newest of those who did it, at most `maxActors`. */
  actorIds: string[];
  actorsCount: number;
}

const byId = prepared((db) =>
  db
    .select(view)
    .from(notifications)
    .innerJoin(shown, told)
    .where(
      sql`${notifications.id} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${notifications.receiverId} = ${viewer}`,
    ),
);

/** Those of the viewer's notifications that have these ids, in no order. */
export function notificationsById(
  db: Database,
  viewerId: string,
  ids: readonly string[],
): Promise<NotificationRow[]> {
  return byId(db, { viewer: viewerId, ids: keyArray(ids) });
}

/** Notifications go by their newest acts. */
export const notificationKeys: readonly KeyKind[] = ['int'];

const mine = sql`${notifications.receiverId} = ${viewer}`;
const unseen = sql`${mine} AND ${isUnseen}`;

const pageOf = (which: SQL, ascending: boolean) =>
  prepared((db) =>
    db
      .select(view)
      .from(notifications)
      .innerJoin(shown, told)
      .where(sql`${which} AND ${within([notifications.version], notificationKeys)}`)
      .orderBy(...ordered([notifications.version], ascending))
      .limit(sql.placeholder('limit')),
  );
const pages = {
  all: { up: pageOf(mine, true), down: pageOf(mine, false) },
  unseen: { up: pageOf(unseen, true), down: pageOf(unseen, false) },
};

/** A page of the viewer's notifications. */
export function notificationsPage(
  db: Database,
  viewerId: string,
  which: keyof typeof pages,
  window: Window,
): Promise<NotificationRow[]> {
  const statement = pages[which][window.ascending ? 'up' : 'down'];
  return statement(db, { viewer: viewerId, ...windowValues(window, notificationKeys) });
}

const next = prepared((db) =>
  db
    .select(view)
    .from(notifications)
    .innerJoin(shown, told)
    .where(sql`${unseen} AND ${notifications.version} > ${sql.placeholder('after')}::int`)
    .orderBy(notifications.version)
    .limit(1),
);

/** The first of the viewer's unseen notifications that came after the act of this number; null for none. */
export async function nextNotification(
  db: Database,
  viewerId: string,
  after: number,
): Promise<NotificationRow | null> {
  return (await next(db, { viewer: viewerId, after }))[0] ?? null;
}

const countOf = (which: SQL) =>
  prepared(
    (db) =>
      db
        .select({ count: sql<number>`count(*)::int` })
        .from(notifications)
        .innerJoin(shown, told)
        .where(which),
    'slow',
  );
const counts = { all: countOf(mine), unseen: countOf(unseen) };

/** How many notifications the viewer has. Counts them. */
export async function notificationsCount(
  db: Database,
  viewerId: string,
  which: keyof typeof counts,
): Promise<number> {
  return (await counts[which](db, { viewer: viewerId }))[0]?.count ?? 0;
}

/** What somebody has not seen yet, as far as it is stored. */
export interface Unseen {
  viewerId: string;
  notifications: number;
  connectionRequests: number;
}

const unseenOf = prepared((db) =>
  db
    .select({
      notifications: sql<number>`${inboxes.unseen} - (
        SELECT count(DISTINCT hidden.notification_id)::int FROM ${notificationActors} hidden
        JOIN ${notifications} ON ${notifications.id} = hidden.notification_id
        CROSS JOIN ${shown}
        WHERE hidden.actor_id = ANY(${unseenIds()}) AND hidden.receiver_id = ${viewer}
          AND ${notifications.isUnseen} AND ${isUnseen} IS NOT TRUE)`,
      connectionRequests: sql<number>`${userStats.unseenRequests} - (
        SELECT count(*)::int FROM ${connections} asked
        WHERE asked.requester_id = ANY(${unseenIds()}) AND asked.addressee_id = ${viewer}
          AND asked.status = 'PENDING' AND asked.seen_at IS NULL)`,
    })
    .from(inboxes)
    .innerJoin(userStats, sql`${userStats.userId} = ${inboxes.userId}`)
    .where(sql`${inboxes.userId} = ${viewer}`),
);

/** How much the viewer has not seen yet: stored counts, less what comes from people whom they cannot find. */
export async function unseenCounts(db: Database, viewerId: string): Promise<Unseen> {
  const [counts] = await unseenOf(db, { viewer: viewerId });
  return { viewerId, notifications: 0, connectionRequests: 0, ...counts };
}

const lastOf = prepared((db) =>
  db.select({ version: inboxes.version }).from(inboxes).where(sql`${inboxes.userId} = ${viewer}`),
);

/** The number of the last act that came to the viewer. */
export async function lastVersion(db: Database, viewerId: string): Promise<number> {
  return (await lastOf(db, { viewer: viewerId }))[0]?.version ?? 0;
}
