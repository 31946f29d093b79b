// Members and flags that come along with an account.
import { createHash } from 'node:crypto';
import { and, eq, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { brokenConstraint, transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { replaceShownFlags } from '../flags/store.ts';
import { memberFlags, prideFlags, userFlags } from '../flags/table.ts';
import { members } from '../members/table.ts';
import { randomSid } from '../users/account-store.ts';
import { lockOwner } from '../users/store.ts';
import { maxFlags, maxMembers, users } from '../users/table.ts';
import { freeNames, type RemoteMember } from './member-store.ts';
import { claimOrigins, originsOf } from './origin-store.ts';
import type { RemoteIdentity } from './rules.ts';
import { accountLinks, origins } from './table.ts';

/** Whose it is here, by which account. */
export interface Bringing {
  owner: string;
  accountId: string;
  identity: RemoteIdentity;
  at: Date;
}

type Server = Pick<RemoteIdentity, 'provider' | 'instance'>;

/** What tells whether a member was changed since it came. */
const said = {
  name: members.name,
  displayName: members.displayName,
  bio: members.bio,
  links: members.links,
  names: members.names,
  pronouns: members.pronouns,
  fields: members.fields,
  isUnlisted: members.isUnlisted,
};

const markOf = (row: object) => createHash('sha256').update(JSON.stringify(row)).digest('base64url');

/** The owner's members that came from a server, and how they are now. */
async function cameFrom(tx: Database, owner: string, { provider, instance }: Server) {
  const rows = await tx
    .select({ id: members.id, nameKey: members.nameKey, externalId: origins.externalId, said })
    .from(members)
    .innerJoin(origins, sql`${origins.id} = ${members.id} AND ${origins.kind} = 'member'`)
    .where(and(eq(members.ownerId, owner), eq(origins.provider, provider), eq(origins.instance, instance)));
  return rows.map((row) => ({ ...row, mark: markOf(row.said) }));
}

/** What tells of each of the owner's members from a server whether it was changed since, by its id there. */
export async function memberMarks(
  tx: Database,
  owner: string,
  server: Server,
): Promise<Record<string, string>> {
  return Object.fromEntries(
    (await cameFrom(tx, owner, server)).map(({ externalId, mark }) => [externalId, mark]),
  );
}

function marksIn(taken: Readonly<Record<string, unknown>>): Record<string, string> {
  const { members: marks } = taken;
  return typeof marks === 'object' && marks !== null
    ? Object.fromEntries(Object.entries(marks).map(([id, mark]) => [id, String(mark)]))
    : {};
}

/** @returns what came of the account before; null when it is no longer linked, or the owner is gone. */
async function lockLink(tx: Database, { owner, accountId }: Bringing) {
  if (!(await lockOwner(tx, owner))) return null;
  const [link] = await tx
    .select({ taken: accountLinks.taken })
    .from(accountLinks)
    .where(eq(accountLinks.accountId, accountId))
    .for('no key update');
  return link?.taken ?? null;
}

/**
 * Writes the members that a source lists of its token's person: those that are new here, as far as there is room, and
 * those that are as they came. What was changed by hand since stays, and what was deleted does not come again.
 * @param areHidden whether the source keeps the list to its owner: then whom the owner's list here shows are unlisted.
 */
export async function bringMembers(
  db: Database,
  bringing: Bringing,
  listed: readonly RemoteMember[],
  areHidden: boolean,
): Promise<void> {
  for (;;) {
    try {
      return await transaction(db, (tx) => write(tx, bringing, listed, areHidden));
    } catch (error) {
      // A random sid was somebody's, or the source lists one under two people, both of whom link just now.
      if (!['members_sid_unique', 'origins_pkey'].includes(brokenConstraint(error) ?? '')) throw error;
    }
  }
}

async function write(
  tx: Database,
  bringing: Bringing,
  listed: readonly RemoteMember[],
  areHidden: boolean,
): Promise<void> {
  const { owner, accountId, identity, at } = bringing;
  const taken = await lockLink(tx, bringing);
  if (!taken) return;
  const [person] = await tx
    .select({ isPrivate: users.memberListPrivate })
    .from(users)
    .where(eq(users.id, owner));
  const unlist = areHidden && !person?.isPrivate ? { isUnlisted: true } : {};
  const marks = marksIn(taken);
  const here = new Map((await cameFrom(tx, owner, identity)).map((row) => [row.externalId, row]));
  const byId = new Map(listed.map((member) => [member.externalId, member]));
  const known = await originsOf(tx, placeOf(identity, 'member'), [...byId.keys()]);
  const all = await tx
    .select({ id: members.id, nameKey: members.nameKey })
    .from(members)
    .where(eq(members.ownerId, owner));
  const renewed = [...byId.values()].flatMap((member) => {
    const row = here.get(member.externalId);
    return row && row.mark === marks[member.externalId] ? [{ ...member, id: row.id }] : [];
  });
  const come = [...byId.values()]
    .filter(({ externalId }) => !known.has(externalId))
    .slice(0, Math.max(0, maxMembers - all.length))
    .map((member) => ({ ...member, id: null }));
  const ids = new Set(renewed.map(({ id }) => id));
  const names = new Set(all.filter(({ id }) => !ids.has(id)).map(({ nameKey }) => nameKey));
  // One may have taken another's name.
  for (const id of ids) await tx.update(members).set({ nameKey: id }).where(eq(members.id, id));
  for (const { member, ...name } of freeNames([...renewed, ...come], names)) {
    const id = member.id ?? newId(at);
    const columns = { ...member.columns, ...unlist, ...name };
    if (member.id !== null) await tx.update(members).set(columns).where(eq(members.id, id));
    else {
      await tx.insert(members).values({ ...columns, id, ownerId: owner, sid: randomSid(6), createdAt: at });
      const { externalId } = member;
      await tx.insert(origins).values({ ...placeOf(identity, 'member'), externalId, ownerId: owner, id });
    }
  }
  const now = await cameFrom(tx, owner, identity);
  const written = new Set([...renewed, ...come].map(({ externalId }) => externalId));
  const fresh = now.filter(({ externalId }) => written.has(externalId));
  const noted = { ...marks, ...Object.fromEntries(fresh.map(({ externalId, mark }) => [externalId, mark])) };
  await tx
    .update(accountLinks)
    .set({ taken: { ...taken, members: noted } })
    .where(eq(accountLinks.accountId, accountId));
}

const placeOf = ({ provider, instance }: Server, kind: 'member' | 'flag') => ({ provider, instance, kind });

/** Those of these flags, by their ids there, that have not come yet, as far as there is room for them. */
export async function missingFlags(
  db: Database,
  { owner, identity }: Bringing,
  flags: readonly string[],
): Promise<string[]> {
  const known = await originsOf(db, placeOf(identity, 'flag'), flags);
  const count = await db.$count(prideFlags, eq(prideFlags.ownerId, owner));
  return flags.filter((flag) => !known.has(flag)).slice(0, Math.max(0, maxFlags - count));
}

/**
 * Puts a flag that has come along into the owner's library.
 * @returns whether it did: it may have come meanwhile, or the account is linked no longer.
 */
export function bringFlag(
  db: Database,
  bringing: Bringing,
  externalId: string,
  flag: Pick<typeof prideFlags.$inferInsert, 'name' | 'description' | 'image'>,
): Promise<boolean> {
  return transaction(db, async (tx) => {
    if (!(await lockLink(tx, bringing))) return false;
    const id = newId(bringing.at);
    const { owner, identity } = bringing;
    const made = await claimOrigins(tx, placeOf(identity, 'flag'), [{ externalId, id, ownerId: owner }]);
    if (made.size === 0) return false;
    await tx.insert(prideFlags).values({ ...flag, id, ownerId: owner, createdAt: bringing.at });
    return true;
  });
}

/**
 * Shows the flags that the source's person and members show, of those that have come: where the owner, or the member,
 * shows none.
 * @param flags their ids there, in order; those of members by the members' ids there.
 */
export function showOwnFlags(
  db: Database,
  bringing: Bringing,
  flags: readonly string[],
  ofMembers: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const { owner, identity } = bringing;
  return transaction(db, async (tx) => {
    if (!(await lockLink(tx, bringing))) return;
    const theirs = [...flags, ...[...ofMembers.values()].flat()];
    const known = await originsOf(tx, placeOf(identity, 'flag'), theirs);
    const library = await tx
      .select({ id: prideFlags.id })
      .from(prideFlags)
      .where(eq(prideFlags.ownerId, owner));
    const there = new Set(library.map(({ id }) => id));
    const show = async (shelf: 'user' | 'member', id: string, theirs: readonly string[]) => {
      const ids = theirs.map((flag) => known.get(flag)?.id ?? '').filter((flagId) => there.has(flagId));
      if (ids.length > 0) await replaceShownFlags(tx, owner, shelf, id, ids);
    };
    if ((await tx.$count(userFlags, eq(userFlags.userId, owner))) === 0) await show('user', owner, flags);
    for (const { id, externalId } of await cameFrom(tx, owner, identity)) {
      if ((await tx.$count(memberFlags, eq(memberFlags.memberId, id))) > 0) continue;
      await show('member', id, ofMembers.get(externalId) ?? []);
    }
  });
}
