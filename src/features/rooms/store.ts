import { and, eq, type SQL, type SQLWrapper, sql } from 'drizzle-orm';
import { unionAll } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { type KeyKind, ordered, parentsOf, type Window, windowValues, within } from '../../db/keyset.ts';
import { keyArray, prepared, preparedFor } from '../../db/prepared.ts';
import { peerCounts, peerPages } from '../users/peer-store.ts';
import { fold } from '../users/rules.ts';
import { type RoomCard, type RoomRow, roomColumns } from './card.ts';
import type { RoomKind, RoomRole } from './rules.ts';
import { roomInvites, roomMembers, roomStats, rooms } from './table.ts';
import { reader, visibleRoom } from './visible.ts';

const found = (condition: SQL) =>
  prepared((db) => db.select(roomColumns).from(rooms).where(sql`${condition} AND ${visibleRoom()}`));
const byId = found(sql`${rooms.id} = ANY(${sql.placeholder('ids')}::uuid[])`);
const bySlug = found(sql`${rooms.slug} = ANY(${sql.placeholder('slugs')}::text[])`);

/** The rooms with these ids that the reader may see, in no order. */
export function roomsById(db: Database, readerId: string | null, ids: readonly string[]): Promise<RoomRow[]> {
  return byId(db, { reader: readerId, ids: keyArray(ids) });
}

/** The rooms with these slugs that the reader may see, in no order. */
export function roomsBySlug(
  db: Database,
  readerId: string | null,
  slugs: readonly string[],
): Promise<RoomRow[]> {
  return bySlug(db, { reader: readerId, slugs: keyArray(slugs) });
}

/** What somebody is to a room: in it, or invited, or, where there is no such row, neither. */
export interface StandingRow {
  roomId: string;
  role: RoomRole | null;
  invited: boolean;
}

const standings = prepared((db) => {
  const ids = sql`ANY(${sql.placeholder('ids')}::uuid[])`;
  const role = (value: SQLWrapper) => sql<RoomRole | null>`${value}`.as('role');
  const invited = (value: boolean) => sql<boolean>`${sql.raw(String(value))}`.as('invited');
  return unionAll(
    db
      .select({ roomId: roomMembers.roomId, role: role(roomMembers.role), invited: invited(false) })
      .from(roomMembers)
      .where(sql`${roomMembers.userId} = ${reader} AND ${roomMembers.roomId} = ${ids}`),
    db
      .select({ roomId: roomInvites.roomId, role: role(sql`NULL`), invited: invited(true) })
      .from(roomInvites)
      .where(sql`${roomInvites.userId} = ${reader} AND ${roomInvites.roomId} = ${ids}`),
  );
});

/** What the reader is to those of these rooms to which they are anything. One statement. */
export function standingsIn(db: Database, readerId: string, ids: readonly string[]): Promise<StandingRow[]> {
  return standings(db, { reader: readerId, ids: keyArray(ids) });
}

const inRoom = prepared((db) =>
  db
    .select({ id: roomMembers.userId })
    .from(roomMembers)
    .where(
      sql`${roomMembers.roomId} = ${sql.placeholder('room')}::uuid AND ${roomMembers.userId} = ANY(${sql.placeholder('ids')}::uuid[])`,
    ),
);

/** Those of these people who are in a room. Whether the room may be seen is not asked. */
export async function membersAmong(
  db: Database,
  roomId: string,
  ids: readonly string[],
): Promise<{ id: string }[]> {
  return inRoom(db, { room: roomId, ids: keyArray(ids) });
}

const memberSource = {
  table: roomMembers,
  parent: roomMembers.roomId,
  peer: roomMembers.userId,
  at: roomMembers.joinedAt,
  detail: sql<RoomRole>`${roomMembers.role}`,
};

/** Pages of who is in each room, last to join first, with their roles. */
export const roomMemberPages = peerPages(memberSource);

/** How many people each room has for the viewer. */
export const roomMembersCount = peerCounts(memberSource, {
  in: roomStats,
  of: roomStats.roomId,
  count: roomStats.members,
});

/** What rooms of one's own are narrowed down to. */
export interface RoomFilter {
  /** Any part of the name, whatever the case and the accents; null for any name. */
  name: string | null;
  kind: RoomKind | null;
}

const kind = sql`${sql.placeholder('kind')}::text`;
const filtered = sql`(${kind} IS NULL OR ${rooms.kind} = ${kind})
  AND ${rooms.searchText} LIKE '%' || ${sql.placeholder('name')}::text || '%'`;

/** Lists of rooms by what they are to somebody: a row for each, with the time that orders them. */
const sources = {
  /** Public ones that the person is in. */
  open: { table: roomMembers, at: roomMembers.joinedAt, only: sql`${rooms.isPublic}` },
  /** All that the person is in. */
  own: { table: roomMembers, at: roomMembers.joinedAt, only: filtered },
  /** Those that the person is invited to. */
  invited: { table: roomInvites, at: roomInvites.createdAt, only: sql`true` },
} as const;
export type RoomSource = keyof typeof sources;

/** One entry in such a list. */
export interface RoomListRow {
  /** Whose list it is. */
  parentId: string;
  /** Since when. */
  at: Date;
  room: RoomRow;
}

/** How all of them are ordered: by that time, then by the room. */
export const roomKeys: readonly KeyKind[] = ['time', 'id'];

const pageOf = (source: RoomSource, ascending: boolean) =>
  preparedFor((db, card: RoomCard) => {
    const { table, at, only } = sources[source];
    const order: SQLWrapper[] = [at, table.roomId];
    const parents = parentsOf(db);
    const page = db
      .select({ ...card.columns, at: sql<Date>`${at}`.mapWith(at).as('at') })
      .from(table)
      .innerJoin(rooms, eq(rooms.id, table.roomId))
      .where(sql`${table.userId} = ${parents.id} AND ${within(order, roomKeys)} AND ${only}`)
      .orderBy(...ordered(order, ascending))
      .limit(sql.placeholder('limit'))
      .as('page');
    return db
      .select({ parentId: parents.id, at: page.at, room: card.from(page) })
      .from(parents)
      .crossJoinLateral(page);
  });

const countOf = (source: RoomSource) =>
  prepared((db) => {
    const { table, only } = sources[source];
    return db
      .select({ parentId: table.userId, count: sql<number>`count(*)::int` })
      .from(table)
      .innerJoin(rooms, eq(rooms.id, table.roomId))
      .where(and(sql`${table.userId} = ANY(${sql.placeholder('parents')}::uuid[])`, only))
      .groupBy(table.userId);
  });

const noFilter: RoomFilter = { name: null, kind: null };
const filterValues = ({ name, kind: only }: RoomFilter) => ({
  name: fold(name ?? '').replace(/[\\%_]/g, '\\$&'),
  kind: only,
});

/**
 * What reads lists of rooms by what they are to people: for each parent a page, newest first, and how many there are
 * (which it counts). One statement each. Whether the parents can be found is not asked; only `own` lists are filtered.
 */
export function roomLists(source: RoomSource) {
  const up = pageOf(source, true);
  const down = pageOf(source, false);
  const counted = countOf(source);
  return {
    page: (
      db: Database,
      parents: readonly string[],
      card: RoomCard,
      window: Window,
      filter: RoomFilter = noFilter,
    ): Promise<RoomListRow[]> =>
      (window.ascending ? up : down)(db, card, {
        ...filterValues(filter),
        parents: keyArray(parents),
        ...windowValues(window, roomKeys),
      }),
    count: (
      db: Database,
      parents: readonly string[],
      filter: RoomFilter = noFilter,
    ): Promise<{ parentId: string; count: number }[]> =>
      counted(db, { ...filterValues(filter), parents: keyArray(parents) }),
  };
}
