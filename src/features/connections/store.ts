import { eq, type SQLWrapper, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { type KeyKind, ordered, parentsOf, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { peerCounts, peerPages } from '../users/peer-store.ts';
import { userStats, users } from '../users/table.ts';
import { visible } from '../users/visible.ts';
import type { Tie } from './rules.ts';
import { connected, connections } from './table.ts';

const viewer = sql`${sql.placeholder('viewer')}::uuid`;
const mine = sql`${connections.requesterId} = ${viewer}`;

/** A connection as one of its two people may know it. */
export interface ConnectionView {
  id: string;
  requesterId: string;
  addresseeId: string;
  status: Tie['status'];
  createdAt: Date;
  acceptedAt: Date | null;
  seenAt: Date | null;
  rejectedAt: Date | null;
}

/** To its requester a rejected request is pending, under an id and a time of theirs; what the addressee did stays theirs. */
const view = {
  id: sql<string>`CASE WHEN ${mine} THEN ${connections.shownId} ELSE ${connections.id} END`.as('view_id'),
  requesterId: connections.requesterId,
  addresseeId: connections.addresseeId,
  status: sql<
    Tie['status']
  >`CASE WHEN ${mine} AND ${connections.status} = 'REJECTED' THEN 'PENDING' ELSE ${connections.status} END`.as(
    'view_status',
  ),
  createdAt: sql<Date>`CASE WHEN ${mine} THEN ${connections.shownAt} ELSE ${connections.createdAt} END`
    .mapWith(connections.createdAt)
    .as('view_created_at'),
  acceptedAt: connections.acceptedAt,
  seenAt: sql<Date | null>`CASE WHEN NOT ${mine} THEN ${connections.seenAt} END`
    .mapWith(connections.createdAt)
    .as('view_seen_at'),
  rejectedAt: sql<Date | null>`CASE WHEN NOT ${mine} THEN ${connections.rejectedAt} END`
    .mapWith(connections.createdAt)
    .as('view_rejected_at'),
};

/** The viewer is one of the two and sees the connection, and can find the other. Wants `users` joined as the other. */
const inSight = sql`(${connections.withdrawnAt} IS NULL OR (${mine} AND ${connections.askedAgain})) AND ${visible()}`;
const peerOf = sql`CASE WHEN ${mine} THEN ${connections.addresseeId} ELSE ${connections.requesterId} END`;

const byId = prepared((db) =>
  db
    .select(view)
    .from(connections)
    .innerJoin(users, sql`${users.id} = ${peerOf}`)
    .where(
      sql`((${connections.shownId} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${mine})
          OR (${connections.id} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${connections.addresseeId} = ${viewer}))
        AND ${inSight}`,
    ),
);

/** The connections of the viewer's with these ids, in no order. */
export function connectionsById(
  db: Database,
  viewer: string,
  ids: readonly string[],
): Promise<ConnectionView[]> {
  return byId(db, { viewer, ids: keyArray(ids) });
}

const withPeers = prepared((db) =>
  db
    .select(view)
    .from(connections)
    .innerJoin(users, sql`${users.id} = ${peerOf}`)
    .where(
      sql`((${mine} AND ${connections.addresseeId} = ANY(${sql.placeholder('ids')}::uuid[]))
          OR (${connections.addresseeId} = ${viewer} AND ${connections.requesterId} = ANY(${sql.placeholder('ids')}::uuid[])))
        AND ${inSight}`,
    ),
);

/** The connections that the viewer has with these people, in no order. */
export function connectionsWith(
  db: Database,
  viewer: string,
  ids: readonly string[],
): Promise<ConnectionView[]> {
  return withPeers(db, { viewer, ids: keyArray(ids) });
}

const peerSource = {
  table: connected,
  parent: connected.userId,
  peer: connected.peerId,
  at: connected.connectedAt,
};
/** The viewer is connected with the person in the list as well. */
const shared = sql`EXISTS (SELECT FROM ${connected} mine WHERE mine.user_id = ${viewer} AND mine.peer_id = ${users.id})`;

/** Pages of those whom each parent is connected with, and of those among them whom the viewer is connected with as well. */
export const connectionPages = {
  connections: peerPages(peerSource),
  mutualConnections: peerPages({ ...peerSource, only: shared }, 'slow'),
};

/** How many people each parent is connected with, for the viewer. */
export const connectionsCount = peerCounts(peerSource, {
  in: userStats,
  of: userStats.userId,
  count: userStats.connections,
});

const mutualCount = prepared((db) => {
  const parents = parentsOf(db);
  return db
    .select({
      parentId: parents.id,
      count: sql<number>`(
        SELECT count(*)::int FROM ${connected} mine
        JOIN ${connected} theirs ON theirs.user_id = ${parents.id} AND theirs.peer_id = mine.peer_id
        JOIN ${users} ON ${users.id} = mine.peer_id
        WHERE mine.user_id = ${viewer} AND ${visible()})`,
    })
    .from(parents);
}, 'slow');

/** How many of each parent's connections the viewer has as well. Counts them. */
export function mutualConnectionsCount(
  db: Database,
  viewer: string | null,
  parents: readonly string[],
): Promise<{ parentId: string; count: number }[]> {
  return mutualCount(db, { viewer, parents: keyArray(parents) });
}

/** Which side of requests: those the viewer got, or those they made. */
export type Direction = 'RECEIVED' | 'SENT';

/** How requests are ordered: by their time, then by id, as the viewer knows both. */
export const requestKeys: readonly KeyKind[] = ['time', 'id'];

const sides = {
  RECEIVED: {
    of: connections.addresseeId,
    peer: connections.requesterId,
    order: [connections.createdAt, connections.id],
    status: sql`${connections.status}`,
    seen: sql`${connections.withdrawnAt} IS NULL`,
  },
  SENT: {
    of: connections.requesterId,
    peer: connections.addresseeId,
    order: [connections.shownAt, connections.shownId],
    status: sql`CASE WHEN ${connections.status} = 'REJECTED' THEN 'PENDING' ELSE ${connections.status} END`,
    seen: sql`(${connections.withdrawnAt} IS NULL OR ${connections.askedAgain})`,
  },
} as const;

const inList = ({ of, status, seen }: (typeof sides)[Direction]) =>
  sql`${of} = ${viewer} AND ${status} = ${sql.placeholder('status')} AND ${seen} AND ${visible()}`;

const requestsOf = (direction: Direction, ascending: boolean) =>
  prepared((db) => {
    const side = sides[direction];
    const columns: SQLWrapper[] = [...side.order];
    return db
      .select(view)
      .from(connections)
      .innerJoin(users, eq(users.id, side.peer))
      .where(sql`${inList(side)} AND ${within(columns, requestKeys)}`)
      .orderBy(...ordered(columns, ascending))
      .limit(sql.placeholder('limit'));
  });
const requests = {
  RECEIVED: { up: requestsOf('RECEIVED', true), down: requestsOf('RECEIVED', false) },
  SENT: { up: requestsOf('SENT', true), down: requestsOf('SENT', false) },
};

/** A page of the viewer's requests of a direction and a status, as the viewer may know both. */
export function requestsPage(
  db: Database,
  viewer: string,
  { direction, status }: { direction: Direction; status: Tie['status'] },
  window: Window,
): Promise<ConnectionView[]> {
  const statement = requests[direction][window.ascending ? 'up' : 'down'];
  return statement(db, { viewer, status, ...windowValues(window, requestKeys) });
}

const requestCountOf = (direction: Direction) =>
  prepared((db) => {
    const side = sides[direction];
    return db
      .select({ count: sql<number>`count(*)::int` })
      .from(connections)
      .innerJoin(users, eq(users.id, side.peer))
      .where(inList(side));
  });
const requestCounts = { RECEIVED: requestCountOf('RECEIVED'), SENT: requestCountOf('SENT') };

/** How many such requests there are. Counts them. */
export async function requestsCount(
  db: Database,
  viewer: string,
  { direction, status }: { direction: Direction; status: Tie['status'] },
): Promise<number> {
  return (await requestCounts[direction](db, { viewer, status }))[0]?.count ?? 0;
}
