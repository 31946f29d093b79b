import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { transaction } from '../../db/errors.ts';
import { newId } from '../../db/uuid.ts';
import { memberKey } from '../members/rules.ts';
import { members } from '../members/table.ts';
import { randomSid } from '../users/account-store.ts';
import { lockOwner } from '../users/store.ts';
import { maxMembers } from '../users/table.ts';
import type { RemoteIdentity } from './rules.ts';
import { origins } from './table.ts';

/** What a source says of a member, as it can be kept. */
export interface RemoteMember {
  externalId: string;
  name: string;
  avatarUrl: string | null;
  columns: Omit<typeof members.$inferInsert, 'id' | 'ownerId' | 'sid' | 'name' | 'nameKey' | 'createdAt'>;
}

/**
 * Makes the members of a remote person those that the source lists: each stays who it was. Run it in a transaction that
 * has locked the person.
 */
export async function replaceRemoteMembers(
  tx: Database,
  ownerId: string,
  { provider, instance }: Pick<RemoteIdentity, 'provider' | 'instance'>,
  listed: readonly RemoteMember[],
  at: Date,
): Promise<void> {
  const byId = new Map(listed.slice(0, maxMembers).map((member) => [member.externalId, member]));
  const there = await tx
    .select({ id: members.id, externalId: origins.externalId })
    .from(members)
    .leftJoin(origins, sql`${origins.id} = ${members.id} AND ${origins.kind} = 'member'`)
    .where(eq(members.ownerId, ownerId));
  const gone = there.filter(({ externalId }) => externalId === null || !byId.has(externalId));
  if (gone.length > 0) {
    const ids = gone.map(({ id }) => id);
    await tx.delete(origins).where(inArray(origins.id, ids));
    await tx.delete(members).where(inArray(members.id, ids));
  }
  const known = new Map(there.map(({ id, externalId }) => [externalId, id]));
  // One may have taken another's name.
  await tx
    .update(members)
    .set({ nameKey: sql`${members.id}::text` })
    .where(eq(members.ownerId, ownerId));
  const named = freeNames([...byId.values()]);
  for (const { member, ...name } of named) {
    const id = known.get(member.externalId);
    if (id)
      await tx
        .update(members)
        .set({ ...member.columns, ...name })
        .where(eq(members.id, id));
  }
  const come = named.filter(({ member }) => !known.has(member.externalId));
  if (come.length === 0) return;
  const rows = come.map(({ member, ...name }) => ({ member, row: { ...name, id: newId(at) } }));
  await tx.insert(members).values(
    rows.map(({ member, row }) => ({
      ...member.columns,
      ...row,
      ownerId,
      sid: randomSid(6),
      createdAt: at,
    })),
  );
  await tx
    .insert(origins)
    .values(
      rows.map(({ member, row }) => ({
        provider,
        instance,
        kind: 'member' as const,
        externalId: member.externalId,
        id: row.id,
        ownerId,
      })),
    )
    // A source that lists one member under two people: the first has it.
    .onConflictDoNothing();
}

/**
 * Names as they are unique among an owner's.
 * @param taken keys of names that are in use; takes those that are given.
 */
export function freeNames<Named extends { name: string }>(all: readonly Named[], taken = new Set<string>()) {
  return all.map((member) => {
    let { name } = member;
    for (let n = 2; taken.has(memberKey(name)); n++) {
      name = `${[...member.name].slice(0, 90).join('')} (${n})`;
    }
    taken.add(memberKey(name));
    return { member, name, nameKey: memberKey(name) };
  });
}

/** Writes what a source says of members in full: of those that are here, and only that. */
export function saveMemberDetails(
  db: Database,
  { provider, instance }: Pick<RemoteIdentity, 'provider' | 'instance'>,
  ownerId: string,
  all: readonly RemoteMember[],
): Promise<void> {
  return transaction(db, async (tx) => {
    await lockOwner(tx, ownerId);
    for (const { externalId, columns } of all) {
      await tx
        .update(members)
        .set(columns)
        .where(
          and(
            eq(members.ownerId, ownerId),
            sql`${members.id} = (SELECT ${origins.id} FROM ${origins} WHERE ${origins.provider} = ${provider}
              AND ${origins.instance} = ${instance} AND ${origins.kind} = 'member' AND ${origins.externalId} = ${externalId})`,
          ),
        );
    }
  });
}
