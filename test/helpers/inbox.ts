// What somebody was told, as they see it, and whether what is stored of it is exact.
import { sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { connections } from '../../src/features/connections/table.ts';
import { follows } from '../../src/features/follows/table.ts';
import { inboxes, notificationActors, notifications } from '../../src/features/notifications/table.ts';
import { userStats, users } from '../../src/features/users/table.ts';
import type { TestApp } from './app.ts';

/** A notification as its receiver sees it, with its actors by their usernames. */
export interface Told {
  id: string;
  kind: string;
  actors: string[];
  actorsCount: number;
  subject: { __typename: string; id: string } | null;
  createdAt: string;
  updatedAt: string;
  seenAt: string | null;
}

export interface Unseen {
  total: number;
  notifications: number;
  connectionRequests: number;
}

/** All fields of a notification. */
export const toldFields =
  'id kind actors { username } actorsCount subject { __typename id } createdAt updatedAt seenAt';
const document = `{ viewer {
  unseen { total posts notifications connectionRequests }
  notifications(first: 100) { totalCount nodes { ${toldFields} } }
  fresh: notifications(first: 100, unseenOnly: true) { totalCount nodes { id } } } }`;

/** Up to 100 of somebody's notifications and how many they have not seen: the two lists and the counts agree. */
export async function readInbox(kith: TestApp, as: string): Promise<{ told: Told[]; unseen: Unseen }> {
  const { viewer } = await kith.query(document, { as });
  const {
    unseen: { posts, ...unseen },
    notifications: all,
    fresh,
  } = viewer;
  const told: Told[] = all.nodes.map(({ actors, ...rest }: { actors: { username: string }[] }) => ({
    ...rest,
    actors: actors.map(({ username }) => username),
  }));
  const notSeen = told.filter(({ seenAt }) => seenAt === null).map(({ id }) => ({ id }));
  expect(fresh).toEqual({ totalCount: notSeen.length, nodes: notSeen });
  expect(all.totalCount).toBe(told.length);
  expect(unseen).toMatchObject({ total: notSeen.length + posts, notifications: notSeen.length });
  return { told, unseen };
}

const howMany = (what: ReturnType<typeof sql>) => sql<number>`(SELECT count(*)::int ${what})`;
const actorsOf = sql`FROM ${notificationActors} a WHERE a.notification_id = ${notifications}.id`;

/**
 * Stored counts equal what they count, no notification is without an actor, each stands as its newest act does, and what
 * it tells of is there.
 */
export async function expectExactInboxes({ database: { db } }: TestApp): Promise<void> {
  const counted = await db
    .select({
      username: users.username,
      stored: { unseen: inboxes.unseen, requests: userStats.unseenRequests },
      real: {
        unseen: howMany(
          sql`FROM ${notifications} n WHERE n.receiver_id = ${inboxes.userId} AND n.version > n.seen_version`,
        ),
        requests: howMany(
          sql`FROM ${connections} c WHERE c.addressee_id = ${inboxes.userId} AND c.status = 'PENDING' AND c.seen_at IS NULL`,
        ),
      },
    })
    .from(users)
    .leftJoin(inboxes, sql`${inboxes.userId} = ${users.id}`)
    .leftJoin(userStats, sql`${userStats.userId} = ${users.id}`);
  expect(counted.map(({ username, stored }) => ({ username, ...stored }))).toEqual(
    counted.map(({ username, real }) => ({ username, ...real })),
  );
  const rows = await db
    .select({
      id: notifications.id,
      stored: {
        actors: notifications.actorsCount,
        newest: notifications.version,
        at: notifications.updatedAt,
        misplaced: sql<number>`0`,
        ahead: sql<boolean>`false`,
      },
      real: {
        actors: howMany(actorsOf),
        newest: sql<number | null>`(SELECT max(a.version) ${actorsOf})`,
        at: sql<Date | null>`(SELECT a.acted_at ${actorsOf} ORDER BY a.version DESC LIMIT 1)`.mapWith(
          notifications.updatedAt,
        ),
        misplaced: howMany(sql`${actorsOf} AND a.receiver_id <> ${notifications}.receiver_id`),
        ahead: sql<boolean>`${notifications.version} > (SELECT i.version FROM ${inboxes} i WHERE i.user_id = ${notifications.receiverId})`,
      },
    })
    .from(notifications);
  expect(rows.map(({ id, stored }) => ({ id, ...stored }))).toEqual(
    rows.map(({ id, real }) => ({ id, ...real })),
  );
  expect(rows.filter(({ stored }) => stored.actors === 0)).toEqual([]);
  await expectTrue(db);
}

/** Nobody is told of what is not, nor by whom a block parts from them or whom they hide. */
async function expectTrue(db: TestApp['database']['db']): Promise<void> {
  const untrue = await db
    .select({
      kind: notifications.kind,
      actor: notificationActors.actorId,
      receiver: notifications.receiverId,
    })
    .from(notificationActors)
    .innerJoin(notifications, sql`${notifications.id} = ${notificationActors.notificationId}`)
    .where(
      sql`(${notificationActors.actorId}, ${notifications.receiverId}) IN (SELECT hidden_id, hider_id FROM hides)
        OR (${notificationActors.actorId}, ${notifications.receiverId}) IN (SELECT blocked_id, blocker_id FROM blocks UNION ALL SELECT blocker_id, blocked_id FROM blocks)
        OR ${notificationActors.actorId} = ${notifications.receiverId}
        OR CASE ${notifications.kind}
          WHEN 'FOLLOWED' THEN ${notifications.subjectId} <> ${notifications.receiverId} OR NOT EXISTS (
            SELECT FROM ${follows} f WHERE f.follower_id = ${notificationActors.actorId} AND f.followee_id = ${notifications.receiverId})
          WHEN 'CONNECTION_REQUESTED' THEN NOT EXISTS (
            SELECT FROM ${connections} c WHERE c.id = ${notifications.subjectId} AND c.withdrawn_at IS NULL
              AND (c.requester_id, c.addressee_id) = (${notificationActors.actorId}, ${notifications.receiverId}))
          WHEN 'CONNECTION_ACCEPTED' THEN NOT EXISTS (
            SELECT FROM ${connections} c WHERE c.shown_id = ${notifications.subjectId} AND c.status = 'ACCEPTED'
              AND (c.addressee_id, c.requester_id) = (${notificationActors.actorId}, ${notifications.receiverId}))
          ELSE false END`,
    );
  expect(untrue).toEqual([]);
}
