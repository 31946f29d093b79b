// Rooms as the database has them: made there at once, read from there, and checked against what has to hold of all.
import { inArray, sql } from 'drizzle-orm';
import { expect } from 'vitest';
import { transaction } from '../../src/db/errors.ts';
import { newId } from '../../src/db/uuid.ts';
import { notificationActors, notifications } from '../../src/features/notifications/table.ts';
import { roomInvites, roomMembers, roomStats, rooms } from '../../src/features/rooms/table.ts';
import { users } from '../../src/features/users/table.ts';
import { decodeId, encodeId } from '../../src/graphql/node.ts';
import type { TestApp } from './app.ts';
import type { Person } from './crowd.ts';
import type { Clock } from './lists.ts';
import { rowsOf } from './pictures.ts';

export type Role = 'OWNER' | 'ADMIN' | 'MEMBER' | 'FOLLOWER';
export type Kind = 'GROUP' | 'PAGE';

/** A room to make: who is in it, first those who have been in it longest, and who is invited by whom. */
export interface RoomPlan {
  kind: Kind;
  isPublic: boolean;
  name?: string;
  members: readonly (readonly [Person, Role])[];
  invited?: readonly (readonly [Person, by: Person])[];
}

export interface MadeRoom {
  id: string;
  uuid: string;
  slug: string;
}

const begun = Date.parse('2026-02-01T00:00:00.000Z');
let made = 0;

/** Rooms, straight into the database: one a millisecond, and so join those who are in it. Nobody is told of anything. */
export async function makeRooms(kith: TestApp, plans: readonly RoomPlan[]): Promise<MadeRoom[]> {
  const all = plans.map((plan) => {
    const createdAt = new Date(begun + ++made * 100);
    const uuid = newId(createdAt);
    return { plan, createdAt, uuid, id: encodeId('Room', uuid), slug: `made-${made}` };
  });
  const at = (room: { createdAt: Date }, n: number) => new Date(room.createdAt.getTime() + n);
  const members = all.flatMap((room) =>
    room.plan.members.map(([{ uuid: userId }, role], n) => ({
      roomId: room.uuid,
      userId,
      role,
      joinedAt: at(room, n),
    })),
  );
  const invites = all.flatMap((room) =>
    (room.plan.invited ?? []).map(([person, by], n) => ({
      roomId: room.uuid,
      userId: person.uuid,
      inviterId: by.uuid,
      createdAt: at(room, n),
    })),
  );
  await transaction(kith.database.db, async (tx) => {
    await tx.insert(rooms).values(
      all.map(({ uuid, slug, createdAt, plan: { kind, isPublic, name = 'A room' } }) => {
        const searchText = ` ${name.toLowerCase()}`;
        return { id: uuid, kind, slug, name, searchText, isPublic, createdAt };
      }),
    );
    if (members.length > 0) await tx.insert(roomMembers).values(members);
    if (invites.length > 0) await tx.insert(roomInvites).values(invites);
  });
  return all.map(({ id, uuid, slug }) => ({ id, uuid, slug }));
}

/** Who is told what of whom, about which room. */
export interface Telling {
  kind: 'ROOM_JOINED' | 'ROOM_INVITED';
  room: MadeRoom;
  actor: Person;
  receiver: Person;
}

/** Tells people of what has been in a room before the test. */
export async function tellAll(kith: TestApp, tellings: readonly Telling[]): Promise<void> {
  const at = new Date(begun);
  const rows = tellings.map(
    ({ kind, room, actor, receiver }) =>
      sql`(${kind}::text, ${room.uuid}::uuid, ${actor.uuid}::uuid, ${receiver.uuid}::uuid, ${newId(at)}::uuid)`,
  );
  if (rows.length === 0) return;
  await kith.database.db.execute(
    sql`SELECT tell(t.kind, 'Room', t.room, t.actor, ARRAY[t.receiver], ARRAY[t.id], ${at.toISOString()}::timestamptz)
      FROM (VALUES ${sql.join(rows, sql`, `)}) AS t(kind, room, actor, receiver, id)`,
  );
}

/** All that the database has of each of these rooms, sorted, in words; nothing of one that is not there. */
export async function factsOf(kith: TestApp, ids: readonly string[]): Promise<Map<string, string[]>> {
  const { db } = kith.database;
  const facts = new Map<string, string[]>(ids.map((id) => [id, []]));
  const add = (id: string, fact: string) => facts.get(id)?.push(fact);
  const nameOf = new Map(
    (await db.select({ id: users.id, name: users.username }).from(users)).map((u) => [u.id, u.name]),
  );
  for (const { room_stats: stats, rooms: room } of await db
    .select()
    .from(rooms)
    .leftJoin(roomStats, sql`${roomStats.roomId} = ${rooms.id}`)
    .where(inArray(rooms.id, [...ids]))) {
    add(room.id, `it is called ${room.name}`);
    add(room.id, `${stats?.members} are in it`);
  }
  for (const row of await db
    .select()
    .from(roomMembers)
    .where(inArray(roomMembers.roomId, [...ids])))
    add(row.roomId, `${nameOf.get(row.userId)} is ${row.role}`);
  for (const row of await db
    .select()
    .from(roomInvites)
    .where(inArray(roomInvites.roomId, [...ids])))
    add(row.roomId, `${nameOf.get(row.userId)} is invited by ${nameOf.get(row.inviterId)}`);
  for (const row of await db
    .select({
      subject: notifications.subjectId,
      kind: notifications.kind,
      receiver: notifications.receiverId,
      actor: notificationActors.actorId,
    })
    .from(notifications)
    .leftJoin(notificationActors, sql`${notificationActors.notificationId} = ${notifications.id}`)
    .where(inArray(notifications.subjectId, [...ids])))
    add(row.subject, `${nameOf.get(row.receiver)} was told ${row.kind} of ${nameOf.get(row.actor ?? '')}`);
  for (const lines of facts.values()) lines.sort();
  return facts;
}

/** Each query finds what must not be. */
const wrongs = {
  'a stored count is not what it counts': sql`
    SELECT s.room_id, s.members FROM room_stats s
    WHERE s.members <> (SELECT count(*) FROM room_members m WHERE m.room_id = s.room_id)`,
  'a room is without counters': sql`SELECT id FROM rooms WHERE id NOT IN (SELECT room_id FROM room_stats)`,
  'a room has no owner, or several': sql`
    SELECT id FROM rooms r
    WHERE 1 <> (SELECT count(*) FROM room_members m WHERE m.room_id = r.id AND m.role = 'OWNER')`,
  'a group has a follower, or a page a member': sql`
    SELECT r.kind, m.role FROM room_members m JOIN rooms r ON r.id = m.room_id
    WHERE (r.kind, m.role) IN (('GROUP', 'FOLLOWER'), ('PAGE', 'MEMBER'))`,
  'somebody who is in is invited': sql`
    SELECT i.user_id FROM room_invites i JOIN room_members m ON (m.room_id, m.user_id) = (i.room_id, i.user_id)`,
  'a block stands between who invited and who is invited': sql`
    SELECT i.user_id FROM room_invites i
    JOIN blocks b ON (b.blocker_id, b.blocked_id) IN ((i.user_id, i.inviter_id), (i.inviter_id, i.user_id))`,
  'a notification is about a room that is gone': sql`
    SELECT id FROM notifications WHERE subject_type = 'Room' AND subject_id NOT IN (SELECT id FROM rooms)`,
  'somebody was told of a room and is neither in it nor invited': sql`
    SELECT n.kind, n.receiver_id FROM notifications n
    WHERE n.subject_type = 'Room'
      AND NOT EXISTS (SELECT FROM room_members m WHERE (m.room_id, m.user_id) = (n.subject_id, n.receiver_id))
      AND NOT EXISTS (SELECT FROM room_invites i WHERE (i.room_id, i.user_id) = (n.subject_id, n.receiver_id))`,
  'somebody is said to have joined who is not in': sql`
    SELECT n.receiver_id, a.actor_id FROM notifications n JOIN notification_actors a ON a.notification_id = n.id
    WHERE n.kind = 'ROOM_JOINED'
      AND NOT EXISTS (SELECT FROM room_members m WHERE (m.room_id, m.user_id) = (n.subject_id, a.actor_id))`,
};

/** Whatever has happened in whatever order, this holds of all rooms. */
export async function expectExactRooms(kith: TestApp): Promise<void> {
  for (const [wrong, query] of Object.entries(wrongs)) {
    expect(rowsOf(await kith.database.db.execute(query)), wrong).toEqual([]);
  }
}

/** What was wrong, each as `CODE path.into.the.input`. */
export const refusals = ({ userErrors }: { userErrors: { code: string; path: string[] }[] }): string[] =>
  userErrors.map(({ code, path }) => `${code} ${path.join('.')}`.trim());

/** Mutations of one room that need nothing else. */
export type RoomVerb = 'joinRoom' | 'leaveRoom' | 'acceptRoomInvite' | 'declineRoomInvite' | 'deleteRoom';

/** What people do in rooms, by the server's clock: a millisecond goes by before each act. */
export function roomDeeds(kith: TestApp, clock: Clock) {
  const attempt = async (
    name: string,
    input: object,
    by: Person,
    selection = '',
  ): ReturnType<TestApp['mutate']> => {
    clock.tick(1);
    return kith.mutate(name, input, by.username, selection);
  };
  const done = async (name: string, input: object, by: Person): Promise<void> => {
    expect(refusals(await attempt(name, input, by)), name).toEqual([]);
  };
  const create = async (owner: Person, input: object = {}): Promise<MadeRoom> => {
    const slug = `room-${++made}`;
    const all = { kind: 'GROUP', name: 'A room', slug, ...input };
    const { room, userErrors } = await attempt('createRoom', all, owner, 'room { id slug }');
    expect(userErrors).toEqual([]);
    return { ...room, uuid: decodeId(room.id)?.id ?? '' };
  };
  const act = (verb: RoomVerb, room: MadeRoom, by: Person) => done(verb, { roomId: room.id }, by);
  const invite = (room: MadeRoom, by: Person, ...people: Person[]) =>
    done('inviteToRoom', { roomId: room.id, userIds: people.map(({ id }) => id) }, by);
  const remove = (room: MadeRoom, by: Person, person: Person) =>
    done('removeRoomMember', { roomId: room.id, userId: person.id }, by);
  const setRole = (room: MadeRoom, by: Person, person: Person, role: Role) =>
    done('setRoomRole', { roomId: room.id, userId: person.id, role }, by);
  /** Invites somebody, who accepts. */
  const bring = async (room: MadeRoom, by: Person, person: Person) => {
    await invite(room, by, person);
    await act('acceptRoomInvite', room, person);
  };
  return { attempt, done, create, act, invite, remove, setRole, bring };
}
