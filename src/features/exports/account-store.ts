// What a person is and owns, as an archive has it.
import { and, eq, sql } from 'drizzle-orm';
import { alias } from 'drizzle-orm/pg-core';
import type { Database } from '../../db/client.ts';
import { accounts } from '../accounts/table.ts';
import { memberFlags, prideFlags, userFlags } from '../flags/table.ts';
import { members } from '../members/table.ts';
import { remotes } from '../remotes/table.ts';
import { roomMembers, rooms } from '../rooms/table.ts';
import { visibleRoom } from '../rooms/visible.ts';
import { tags, userTags } from '../tags/table.ts';
import { users } from '../users/table.ts';
import { accountOf, findableBy, personColumns, remoteOf } from './tie-store.ts';

/** Somebody's own row, with all that is in it; null when they are gone. */
export async function personRow(db: Database, id: string): Promise<typeof users.$inferSelect | null> {
  return (await db.select().from(users).where(eq(users.id, id)))[0] ?? null;
}

/** The names of somebody's tags, in their order. */
export async function tagNamesOf(db: Database, userId: string): Promise<string[]> {
  const rows = await db
    .select({ name: tags.name })
    .from(userTags)
    .innerJoin(tags, eq(tags.id, userTags.tagId))
    .where(eq(userTags.userId, userId))
    .orderBy(userTags.position);
  return rows.map(({ name }) => name);
}

/** Who somebody is elsewhere, oldest first. */
export function accountRows(db: Database, userId: string) {
  return db
    .select()
    .from(accounts)
    .where(eq(accounts.userId, userId))
    .orderBy(accounts.createdAt, accounts.provider, accounts.instance, accounts.externalId);
}

/** A person's library of flags, oldest first. */
export function flagRows(db: Database, ownerId: string) {
  return db
    .select()
    .from(prideFlags)
    .where(eq(prideFlags.ownerId, ownerId))
    .orderBy(prideFlags.createdAt, prideFlags.id);
}

/** The ids of the flags that somebody shows, in their order. */
export async function shownFlagIds(db: Database, userId: string): Promise<string[]> {
  const rows = await db
    .select({ id: userFlags.flagId })
    .from(userFlags)
    .where(eq(userFlags.userId, userId))
    .orderBy(userFlags.position);
  return rows.map(({ id }) => id);
}

/** A person's members, oldest first, each with the ids of the flags it shows. */
export async function memberRows(db: Database, ownerId: string) {
  const rows = await db
    .select()
    .from(members)
    .where(eq(members.ownerId, ownerId))
    .orderBy(members.createdAt, members.id);
  const flags = await db
    .select({ memberId: memberFlags.memberId, id: memberFlags.flagId })
    .from(memberFlags)
    .innerJoin(members, eq(members.id, memberFlags.memberId))
    .where(eq(members.ownerId, ownerId))
    .orderBy(memberFlags.memberId, memberFlags.position);
  const shown = Map.groupBy(flags, ({ memberId }) => memberId);
  return rows.map((row) => ({ ...row, flagIds: (shown.get(row.id) ?? []).map(({ id }) => id) }));
}

/** The rooms that somebody is in, oldest first, each with its owner. */
export function roomRows(db: Database, userId: string) {
  const owns = alias(roomMembers, 'owns');
  return db
    .select({
      room: rooms,
      role: roomMembers.role,
      joinedAt: roomMembers.joinedAt,
      owner: personColumns,
      isOwnerFindable: sql<boolean>`${findableBy(userId)}`,
    })
    .from(roomMembers)
    .innerJoin(rooms, eq(rooms.id, roomMembers.roomId))
    .innerJoin(owns, and(eq(owns.roomId, rooms.id), eq(owns.role, 'OWNER')))
    .innerJoin(users, eq(users.id, owns.userId))
    .leftJoin(remotes, remoteOf)
    .leftJoin(accounts, accountOf)
    .where(sql`${roomMembers.userId} = ${userId}::uuid AND ${visibleRoom(sql`${userId}::uuid`)}`)
    .orderBy(roomMembers.joinedAt, rooms.slug);
}
