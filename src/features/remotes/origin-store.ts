// What things were before they came here.
import { and, eq, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Database } from '../../db/client.ts';
import { keyArray, prepared } from '../../db/prepared.ts';
import { rowsOf } from '../../db/rows.ts';
import {
  type OriginKind,
  origins,
  type RemoteCounters,
  type RemoteProvider,
  remoteProviders,
} from './table.ts';

/** Where things come from: a system, one of its servers, and what kind they are. */
export interface OriginPlace {
  provider: RemoteProvider;
  instance: string;
  kind: OriginKind;
}

/** A thing that came here, and what it was. */
export interface NewOrigin {
  externalId: string;
  id: string;
  ownerId: string;
  url?: string | null;
  /** What the source counted of it. */
  counters?: RemoteCounters;
}

/** What came from there. */
export function isFrom({ provider, instance, kind }: OriginPlace) {
  return and(eq(origins.provider, provider), eq(origins.instance, instance), eq(origins.kind, kind));
}

/** Where the pictures of somebody's things came from, by what the things were there; null for none so far. */
export async function originUrls(
  db: Database,
  place: OriginPlace,
  ownerId: string,
): Promise<Map<string, string | null>> {
  const rows = await db
    .select({ externalId: origins.externalId, url: origins.url })
    .from(origins)
    .where(and(isFrom(place), eq(origins.ownerId, ownerId)));
  return new Map(rows.map(({ externalId, url }) => [externalId, url]));
}

const originRow = z.object({ external_id: z.string(), id: z.string(), owner_id: z.string() });

/** Those of these things that have come, whether they are still here or not, by what they were. */
export async function originsOf(
  db: Database,
  { provider, instance, kind }: OriginPlace,
  externalIds: readonly string[],
): Promise<Map<string, Pick<NewOrigin, 'externalId' | 'id' | 'ownerId'>>> {
  if (externalIds.length === 0) return new Map();
  // Each is looked up: a plan that knows nothing of them would go through all that has come.
  const rows = await db.execute(sql`
    SELECT n.external_id, o.id, o.owner_id
    FROM json_array_elements_text(${JSON.stringify(externalIds)}::text::json) AS n (external_id)
    CROSS JOIN LATERAL (
      SELECT o.id, o.owner_id FROM ${origins} o
      WHERE o.provider = ${provider} AND o.instance = ${instance} AND o.kind = ${kind} AND o.external_id = n.external_id
      LIMIT 1
    ) o`);
  return new Map(
    rowsOf(rows, originRow).map(({ external_id, id, owner_id }) => [
      external_id,
      { externalId: external_id, id, ownerId: owner_id },
    ]),
  );
}

/**
 * Writes down what things were that are about to be made: what has come already does not come again. Run it in the
 * transaction that makes them.
 * @returns what those were that are new.
 */
export async function claimOrigins(
  tx: Database,
  { provider, instance, kind }: OriginPlace,
  all: readonly NewOrigin[],
): Promise<Set<string>> {
  if (all.length === 0) return new Set();
  const rows = JSON.stringify(
    all.map(({ externalId, id, ownerId, url = null, counters = null }) => ({
      external_id: externalId,
      id,
      owner_id: ownerId,
      url,
      counters,
    })),
  );
  const made = await tx.execute(sql`
    INSERT INTO ${origins} (provider, instance, kind, external_id, id, owner_id, url, counters)
    SELECT ${provider}, ${instance}, ${kind}, external_id, id, owner_id, url, counters
    FROM json_to_recordset(${rows}::text::json) AS n (external_id text, id uuid, owner_id uuid, url text, counters jsonb)
    ON CONFLICT DO NOTHING RETURNING external_id`);
  return new Set(rowsOf(made, z.object({ external_id: z.string() })).map(({ external_id }) => external_id));
}

/** The servers of a system that something has come from. */
export async function originInstances(db: Database, provider: RemoteProvider): Promise<string[]> {
  // From one to the next, and not through everything of each.
  const rows = await db.execute(sql`
    WITH RECURSIVE hosts AS (
      SELECT min(o.instance) AS instance FROM ${origins} o WHERE o.provider = ${provider}
      UNION ALL
      SELECT (SELECT min(o.instance) FROM ${origins} o WHERE o.provider = ${provider} AND o.instance > hosts.instance)
      FROM hosts WHERE hosts.instance IS NOT NULL
    ) SELECT instance FROM hosts WHERE instance IS NOT NULL`);
  return rowsOf(rows, z.object({ instance: z.string() })).map(({ instance }) => instance);
}

const originById = prepared((db) =>
  db
    .select({
      id: origins.id,
      provider: origins.provider,
      instance: origins.instance,
      externalId: origins.externalId,
      counters: origins.counters,
    })
    .from(origins)
    .where(sql`${origins.id} = ANY(${sql.placeholder('ids')}::uuid[]) AND ${origins.kind} = 'post'`),
);

/** Where a post comes from. */
export interface PostOrigin {
  id: string;
  provider: RemoteProvider;
  instance: string;
  externalId: string;
  counters: RemoteCounters | null;
}

/** Where these posts come from, in no order: those that were written in one of the four systems. */
export async function postOrigins(db: Database, ids: readonly string[]): Promise<PostOrigin[]> {
  const rows = await originById(db, { ids: keyArray(ids) });
  return rows.flatMap((row) => {
    const provider = remoteProviders.find((known) => known === row.provider);
    return provider ? [{ ...row, provider }] : [];
  });
}
