// Who is in a room, as what, and who is invited. Everything here holds the room's lock, and those who are to be told
// are told in the same transaction. What the actor may do is decided under the lock.
import { and, eq, or, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { keyArray } from '../../db/prepared.ts';
import {
  forgetSubjectOf,
  forgetSubjects,
  lockInboxes,
  markSubjectSeen,
  type Subject,
  takeBack,
  tell,
} from '../notifications/act-store.ts';
import { notificationActors, notifications } from '../notifications/table.ts';
import { obstaclesTo } from '../relationships/store.ts';
import { lockPeople } from '../users/store.ts';
import { users } from '../users/table.ts';
import { deleteLockedRooms, denied, lockRoom, RoomDenied, withPosts } from './lock-store.ts';
import { hasRole, mayGive, mayManage, mayRemove, plainRole, type RoomRole } from './rules.ts';
import { roomInvites, roomMembers } from './table.ts';

const subject = (id: string): Subject => ({ type: 'Room', id });
const member = (roomId: string, userId: string) =>
  and(eq(roomMembers.roomId, roomId), eq(roomMembers.userId, userId));

/**
 * Lets the actor into a room, and tells its owner and whoever invited them and is in it; being in already changes nothing.
 * @param invited whether it takes an invitation, even where the room is public.
 * @param quietly whether nobody is told.
 * @returns whose notifications may have changed.
 * @throws RoomDenied; room_members_user_id_users_id_fk when the actor is gone.
 */
export function enterRoom(
  db: Database,
  roomId: string,
  actor: string,
  at: Date,
  invited: boolean,
  quietly = false,
): Promise<string[]> {
  return transaction(db, async (tx) => {
    // Whoever is being deleted comes into no more rooms: see leaveRooms.
    await lockPeople(tx, [actor]);
    // A private room is seen by nobody but those who are in it or invited.
    const { kind, role, inviterId } = await lockRoom(tx, roomId, actor);
    if (role !== null) return [];
    if (invited && inviterId === null) throw denied('not invited', 'roomId');
    await tx.insert(roomMembers).values({ roomId, userId: actor, role: plainRole(kind), joinedAt: at });
    if (quietly) return [];
    // Not an inviter who has left since, and may see it no more.
    const inviter = inviterId === null ? undefined : eq(roomMembers.userId, inviterId);
    const receivers = await tx
      .select({ id: roomMembers.userId })
      .from(roomMembers)
      .where(and(eq(roomMembers.roomId, roomId), or(eq(roomMembers.role, 'OWNER'), inviter)));
    const told = receivers.map(({ id }) => id);
    await lockInboxes(tx, [...told, actor]);
    // An invitation that is answered has been seen.
    await markSubjectSeen(tx, { kind: 'ROOM_INVITED', subject: subject(roomId), at }, actor);
    await tell(tx, { kind: 'ROOM_JOINED', subject: subject(roomId), actor, at }, told);
    return [...told, actor];
  });
}

/** Deletes an invitation, and what the person was told of the room. @returns whose notifications may have changed. */
async function endInvitation(tx: Database, roomId: string, userId: string): Promise<string[]> {
  const ended = await tx
    .delete(roomInvites)
    .where(and(eq(roomInvites.roomId, roomId), eq(roomInvites.userId, userId)))
    .returning({ id: roomInvites.userId });
  if (ended.length > 0) await forgetSubjectOf(tx, userId, roomId);
  return ended.map(({ id }) => id);
}

/** Takes somebody out of a room, and what others were told of their joining with them. @returns as above. */
async function takeOut(tx: Database, roomId: string, userId: string): Promise<string[]> {
  await tx.delete(roomMembers).where(member(roomId, userId));
  await lockInboxes(
    tx,
    sql`SELECT ${notifications.receiverId} FROM ${notifications}
      JOIN ${notificationActors} ON ${notificationActors.notificationId} = ${notifications.id}
      WHERE ${notifications.subjectId} = ${roomId} AND ${notifications.kind} = 'ROOM_JOINED'
        AND ${notificationActors.actorId} = ${userId}
      UNION SELECT ${userId}::uuid`,
  );
  const told = await takeBack(tx, { kind: 'ROOM_JOINED', subject: subject(roomId), actor: userId });
  await forgetSubjectOf(tx, userId, roomId);
  return [...told, userId];
}

/** The actor wants none of an invitation; without one nothing changes. @returns as above. @throws RoomDenied */
export function declineInvitation(db: Database, roomId: string, actor: string): Promise<string[]> {
  return transaction(db, async (tx) => {
    await lockRoom(tx, roomId, actor);
    return endInvitation(tx, roomId, actor);
  });
}

/** The actor leaves a room; not being in it changes nothing. @returns as above. @throws RoomDenied, for the owner too. */
export function leaveRoom(db: Database, roomId: string, actor: string): Promise<string[]> {
  return transaction(db, async (tx) => {
    const { role } = await lockRoom(tx, roomId, actor);
    if (role === 'OWNER') throw denied('owns it', 'roomId');
    return role === null ? [] : takeOut(tx, roomId, actor);
  });
}

/**
 * Invites people, and tells them; those who are in or invited already are left as they are.
 * @param ids null for what is no person's id.
 * @returns whose notifications may have changed.
 * @throws RoomDenied, with the path of each person who cannot be invited: then nobody is.
 */
export function inviteToRoom(
  db: Database,
  roomId: string,
  actor: string,
  ids: readonly (string | null)[],
  at: Date,
): Promise<string[]> {
  return transaction(db, async (tx) => {
    const people = new Set(ids.filter((id) => id !== null));
    // As whoever blocks somebody does, before anything else: so no block comes between looking and inviting.
    await lockPeople(tx, [actor, ...people]);
    const { role } = await lockRoom(tx, roomId, actor);
    if (!mayManage(role)) throw denied('no right', 'roomId');
    const denials = (await obstaclesTo(tx, actor, ids)).flatMap((reason, i) =>
      reason === null ? [] : [{ reason, path: ['userIds', String(i)] }],
    );
    if (denials.length > 0) throw new RoomDenied(denials);
    const inside = await tx
      .select({ id: roomMembers.userId })
      .from(roomMembers)
      .where(
        sql`${roomMembers.roomId} = ${roomId} AND ${roomMembers.userId} = ANY(${keyArray([...people])}::uuid[])`,
      );
    for (const { id } of inside) people.delete(id);
    if (people.size === 0) return [];
    const invited = await tx
      .insert(roomInvites)
      .values([...people].map((userId) => ({ roomId, userId, inviterId: actor, createdAt: at })))
      .onConflictDoNothing()
      .returning({ id: roomInvites.userId });
    const told = invited.map(({ id }) => id);
    return tell(tx, { kind: 'ROOM_INVITED', subject: subject(roomId), actor, at }, told);
  });
}

/** What somebody is in a room; null for who is not in it. */
async function roleOf(tx: Database, roomId: string, userId: string): Promise<RoomRole | null> {
  const [row] = await tx.select({ role: roomMembers.role }).from(roomMembers).where(member(roomId, userId));
  return row?.role ?? null;
}

/**
 * Takes somebody out of a room, or their invitation back; without either nothing changes. Whom the actor has blocked can
 * be removed all the same.
 * @param target null for what is no person's id.
 * @returns whose notifications may have changed.
 * @throws RoomDenied
 */
export function removeFromRoom(
  db: Database,
  roomId: string,
  actor: string,
  target: string | null,
): Promise<string[]> {
  return transaction(db, async (tx) => {
    const { role } = await lockRoom(tx, roomId, actor);
    if (!mayManage(role)) throw denied('no right', 'roomId');
    const [obstacle] = await obstaclesTo(tx, actor, [target]);
    if (obstacle === 'SELF') throw denied('SELF', 'userId');
    if (target === null || obstacle === 'NOT_FOUND') throw denied('NOT_FOUND', 'userId');
    const theirs = await roleOf(tx, roomId, target);
    if (!mayRemove(role, theirs)) throw denied('no right', 'roomId');
    return theirs === null ? endInvitation(tx, roomId, target) : takeOut(tx, roomId, target);
  });
}

/**
 * Gives somebody in a room a role; that of the owner hands the room over, and the owner is an admin from then on.
 * @param target null for what is no person's id.
 * @throws RoomDenied
 */
export function setRole(
  db: Database,
  roomId: string,
  actor: string,
  target: string | null,
  wanted: RoomRole,
): Promise<void> {
  return transaction(db, async (tx) => {
    // Whoever is being deleted gets no more rooms.
    if (wanted === 'OWNER' && target !== null) await lockPeople(tx, [target]);
    const { kind, role } = await lockRoom(tx, roomId, actor);
    if (!mayManage(role)) throw denied('no right', 'roomId');
    const [obstacle] = await obstaclesTo(tx, actor, [target]);
    if (target === null || obstacle) throw denied(obstacle ?? 'NOT_FOUND', 'userId');
    const theirs = await roleOf(tx, roomId, target);
    if (theirs === null) throw denied('not in', 'userId');
    if (!hasRole(kind, wanted)) throw denied('no such role', 'role');
    if (!mayGive(role, theirs, wanted)) throw denied('no right', 'roomId');
    // One owner at a time: the old one goes first.
    if (wanted === 'OWNER') {
      await tx.update(roomMembers).set({ role: 'ADMIN' }).where(member(roomId, actor));
    }
    await tx.update(roomMembers).set({ role: wanted }).where(member(roomId, target));
  });
}

/**
 * Takes a person who is being deleted out of rooms. Those they own go to the admin who has been there longest (one
 * whose account is closed only where there is no other); one without an admin is deleted, with the notifications about
 * it. The person's counters must be locked already, so that they get no more rooms, and the rooms, and the inboxes of
 * all who were told of them.
 */
export async function leaveRooms(tx: Database, userId: string, ids: readonly string[]): Promise<void> {
  const left = await tx
    .delete(roomMembers)
    .where(and(eq(roomMembers.userId, userId), sql`${roomMembers.roomId} = ANY(${keyArray(ids)}::uuid[])`))
    .returning({ roomId: roomMembers.roomId, role: roomMembers.role });
  const owned = left.filter(({ role }) => role === 'OWNER').map(({ roomId }) => roomId);
  if (owned.length === 0) return;
  const heirs = await tx
    .selectDistinctOn([roomMembers.roomId], { roomId: roomMembers.roomId, userId: roomMembers.userId })
    .from(roomMembers)
    .innerJoin(users, eq(users.id, roomMembers.userId))
    .where(sql`${roomMembers.role} = 'ADMIN' AND ${roomMembers.roomId} = ANY(${keyArray(owned)}::uuid[])`)
    .orderBy(
      roomMembers.roomId,
      sql`${users.status} = 'SUSPENDED'`,
      roomMembers.joinedAt,
      roomMembers.userId,
    );
  const inherited = new Set(heirs.map(({ roomId }) => roomId));
  for (const heir of heirs) {
    await tx.update(roomMembers).set({ role: 'OWNER' }).where(member(heir.roomId, heir.userId));
  }
  const orphaned = owned.filter((id) => !inherited.has(id));
  if (orphaned.length === 0) return;
  await forgetSubjects(tx, withPosts(orphaned));
  await deleteLockedRooms(tx, orphaned);
}

/** Deletes the invitations between two people, whichever of them invited. */
export async function endInvites(tx: Database, a: string, b: string): Promise<void> {
  await tx
    .delete(roomInvites)
    .where(sql`(${roomInvites.userId}, ${roomInvites.inviterId}) IN ((${a}, ${b}), (${b}, ${a}))`);
}
