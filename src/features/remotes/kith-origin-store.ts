// What things were in another Kith, by the ids they had where they were made. A thing comes once to each person.
import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../../db/client.ts';
import { keyArray } from '../../db/prepared.ts';
import { aspects } from '../aspects/table.ts';
import { comments } from '../comments/table.ts';
import { prideFlags } from '../flags/table.ts';
import { members } from '../members/table.ts';
import { posts } from '../posts/table.ts';
import { roomMembers } from '../rooms/table.ts';
import { type OriginKind, origins, type RemoteCounters } from './table.ts';

/** The provider of what came from another Kith. Its ids are unique anywhere, so that it does not matter which. */
const kith = 'KITH';

/** What a thing of somebody's was: as `external_id` has it, with whose it is here, so that nobody's keeps another's out. */
const externalId = (ownerId: string, id: string) => `${ownerId}/${id}`;

/** What a thing here was where it was made. */
export interface Origin {
  id: string;
  counters: RemoteCounters | null;
}

/** Those of these things that came from another Kith: what they were there, by their ids here. */
export async function kithOriginsOf(db: Database, ids: readonly string[]): Promise<Map<string, Origin>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .select({ id: origins.id, externalId: origins.externalId, counters: origins.counters })
    .from(origins)
    .where(sql`${origins.id} = ANY(${keyArray(ids)}::uuid[]) AND ${origins.provider} = ${kith}`);
  return new Map(
    rows.map((row) => [
      row.id,
      { id: row.externalId.slice(row.externalId.indexOf('/') + 1), counters: row.counters },
    ]),
  );
}

/** Things here that were made here, by whose they are. */
const own: { [Kind in OriginKind]?: (ownerId: string) => SQL } = {
  post: (owner) => sql`SELECT id FROM ${posts} WHERE author_id = ${owner}::uuid`,
  comment: (owner) => sql`SELECT id FROM ${comments} WHERE author_id = ${owner}::uuid`,
  member: (owner) => sql`SELECT id FROM ${members} WHERE owner_id = ${owner}::uuid`,
  flag: (owner) => sql`SELECT id FROM ${prideFlags} WHERE owner_id = ${owner}::uuid`,
  aspect: (owner) => sql`SELECT id FROM ${aspects} WHERE owner_id = ${owner}::uuid`,
  room: (owner) =>
    sql`SELECT room_id AS id FROM ${roomMembers} WHERE user_id = ${owner}::uuid AND role = 'OWNER'`,
};

/**
 * What has become of somebody's things here, by their ids where they were made, be it here; what came and was deleted
 * since is among them.
 */
export async function thingsFromKith(
  db: Database,
  kind: OriginKind,
  ownerId: string,
  ids: readonly string[],
): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const found = await db
    .select({ externalId: origins.externalId, id: origins.id })
    .from(origins)
    .where(
      sql`${origins.provider} = ${kith} AND ${origins.instance} = '' AND ${origins.kind} = ${kind}
        AND ${origins.externalId} IN (SELECT ${`${ownerId}/`} || unnest(${keyArray(ids)}::text[]))`,
    );
  const things = new Map(
    found.map((row) => [row.externalId.slice(row.externalId.indexOf('/') + 1), row.id] as const),
  );
  const rest = ids.filter((id) => !things.has(id));
  const mine = own[kind];
  if (mine && rest.length > 0) {
    const rows = await db
      .select({ id: sql<string>`mine.id` })
      .from(sql`(${mine(ownerId)}) AS mine`)
      .where(sql`mine.id = ANY(${keyArray(rest)}::uuid[])`);
    for (const { id } of rows) things.set(id, id);
  }
  return things;
}

/** A thing that has come from another Kith. */
export interface Arrival {
  kind: OriginKind;
  ownerId: string;
  /** What it was where it was made. */
  originId: string;
  /** What it is here. */
  id: string;
  counters?: RemoteCounters;
}

/**
 * Writes down what has come, in the transaction that brings it.
 * @throws origins_pkey when it has come already.
 */
export async function insertOrigin(tx: Database, arrival: Arrival): Promise<void> {
  const { kind, ownerId, originId, id, counters = null } = arrival;
  await tx.insert(origins).values({
    provider: kith,
    instance: '',
    kind,
    externalId: externalId(ownerId, originId),
    id,
    ownerId,
    counters,
  });
}
